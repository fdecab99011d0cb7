"""The rows of execution. Live element instances only: a finished one leaves, history is the audit trail."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.platform.db import Json, Sealed, UTCDateTime, metadata

process_instance = Table(
    "process_instance",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("definition_id", String(36), nullable=False),
    Column("key", String(100), nullable=False),
    Column("case_id", String(36), nullable=False, index=True),
    Column("parent_token", String(36), index=True),
    Column("owner_id", String(36), nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("children", Integer, nullable=False),
    Column("variables", Json, nullable=False),
    Column("data", Json),
    Column("started_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    Column("end_event", String(200)),
    Index("ix_process_instance_state_id", "state", "id"),
    Index("ix_process_instance_definition", "definition_id", "state"),
    Index("ix_process_instance_ended", "ended_at", "id"),
)

element_instance = Table(
    "element_instance",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("instance_id", String(36), nullable=False),
    Column("scope_id", String(36), nullable=False, index=True),
    Column("element_id", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("role", String(12), nullable=False, server_default=""),
    Column("children", Integer, nullable=False),
    Column("waits", Integer, nullable=False, server_default="15"),
    Column("variables", Json),
    Column("data", Json),
    Column("entered_at", UTCDateTime, nullable=False),
)

user_task = Table(
    "user_task",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("instance_id", String(36), nullable=False),
    Column("case_id", String(36), nullable=False, index=True),
    Column("definition_id", String(36), nullable=False),
    Column("key", String(100), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("task_type", String(40), nullable=False),
    Column("performer", String(20), nullable=False),
    Column("owner_id", String(36), nullable=False),
    Column("state", String(12), nullable=False),
    Column("assignee", String(36)),
    Column("created_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime),
    Column("warn_at", UTCDateTime),
    Column("page", String(100)),
    Column("ended_at", UTCDateTime),
    Column("ended_by", String(36)),
    Column("follow_up_at", UTCDateTime),  # when somebody means to look at it; the deadline stays what it is
    Column("paused_at", UTCDateTime),
    Column("delegated_by", String(36)),  # who gets it back
    Column("escalated_at", UTCDateTime),  # when its deadline passed
    Index("ix_user_task_owner_state", "owner_id", "state"),
    Index("ix_user_task_performer_state", "performer", "state", "due_at"),
    Index(
        "ix_user_task_open",
        "case_id",
        "performer",
        "created_at",
        "due_at",
        sqlite_where=text("state IN ('ready', 'claimed')"),
        postgresql_where=text("state IN ('ready', 'claimed')"),
    ),
    Index(
        "ix_user_task_open_due",
        "case_id",
        "performer",
        "due_at",
        sqlite_where=text("state IN ('ready', 'claimed') AND due_at IS NOT NULL"),
        postgresql_where=text("state IN ('ready', 'claimed') AND due_at IS NOT NULL"),
    ),
)

task_change = Table(
    "task_change",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("task_id", String(36), nullable=False, index=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String(36), nullable=False),
    Column("from_person", String(36)),
    Column("to_person", String(36)),
    Column("reason", Sealed),  # what a person wrote: sealed with the key of the case's owner
    UniqueConstraint("task_id", "seq"),
)
"""Who had a task, from whom to whom, when and why."""

data_element = Table(
    "data_element",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("instance_id", String(36), nullable=False),
    Column("case_id", String(36), nullable=False, index=True),
    Column("owner_id", String(36), nullable=False),
    Column("data_type", String(100), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("changed_by", String(36)),
    UniqueConstraint("instance_id", "data_type"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("instance_id", String(36), nullable=False),
    Column("token_id", String(36), nullable=False, index=True),
    Column("element_id", String(200), nullable=False),
    Column("case_id", String(36), nullable=False, index=True),
    Column("kind", String(10), nullable=False, server_default="message"),
    Column("message", String(200), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Index("ix_subscription_message", "message", "correlation_key"),
)

message = Table(
    "message",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("source", String(100), nullable=False),
    Column("message_id", String(100), nullable=False),
    Column("kind", String(10), nullable=False, server_default="message"),
    Column("owner_id", String(36), nullable=False, server_default=""),
    Column("name", String(200), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    Column("variables", Json, nullable=False),
    Column("received_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("taken_at", UTCDateTime),
    UniqueConstraint("source", "message_id"),
    Index("ix_message_waiting", "name", "correlation_key", "taken_at"),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("instance_id", String(36), nullable=False),
    Column("token_id", String(36), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("work_id", String(36)),
    Column("code", String(100), nullable=False),
    Column("detail", Text, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("raised_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    Column("ended_by", String(36)),
    Column("reason", Text),
    Index("ix_incident_open", "state", "code"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", String(36), primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("answer", Json, nullable=False),
    Column("at", UTCDateTime, nullable=False, index=True),
)
