"""The workflow engine with what debt advice asks: data sets, and the channels a consent goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.advice.consent.channels import ConsentChannel
from engine.advice.evidence.datasets import DataSet
from engine.workflow.runtime import Runtime


@dataclass
class AdviceRuntime(Runtime):
    """``data_sets`` and ``channels`` come from integrations, by id."""

    data_sets: Mapping[str, DataSet] = field(default_factory=dict)
    channels: Mapping[str, ConsentChannel] = field(default_factory=dict)
