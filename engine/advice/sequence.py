"""What happens when citizens act on their own data and when somebody looks at it, and in which order: one list per
command, see the engine's own ``engine.workflow.execution.sequence`` for what the shared steps mean."""

from __future__ import annotations

from collections.abc import Mapping

from engine.advice import commands
from engine.advice.evidence.datasets import DataSet
from engine.advice.steps.business import (
    notify_watching_journeys,
    save_assumptions,
    save_checklist,
    save_closing_steps,
    tag_accounts,
)
from engine.advice.steps.carry_over import carry_over
from engine.advice.steps.consent import (
    check_consent_access,
    complete_approval,
    end_consents,
    settle_grant,
    withdraw_consent,
)
from engine.advice.steps.household import (
    add_household_measure,
    remove_household_measure,
    save_budget,
    save_household,
    save_plan,
)
from engine.advice.steps.own_case import complete_own_task, require_own_case
from engine.advice.steps.registration import (
    note_registration,
    register_answer,
    register_share_stop,
    register_supplement,
    register_withdrawal,
    remove_registered,
)
from engine.advice.steps.renewal import ask_opened, give_again
from engine.advice.steps.sharing import (
    check_share_access,
    open_overview,
    record_access,
    require_share,
    share_again,
    start_sharing,
    stop_sharing,
)
from engine.advice.steps.supplements import (
    add_supplement,
    ask_sources_again,
    categorize_payee,
    correct_figure,
    decide_same_debt,
    rebuild_overview,
    remove_supplement,
)
from engine.casework.sequence import MEMBER_ACT, REGISTRATION
from engine.casework.steps.members import require_member
from engine.casework.steps.registration import require_received
from engine.platform.db import Database
from engine.workflow.execution.commands import CancelCase, Command
from engine.workflow.execution.context import Step
from engine.workflow.execution.sequence import CANCEL_CASE, CASE_ACT, CLOSING, OPEN_CASE_ACT, RECORD_ACT
from engine.workflow.execution.steps.cases import lock_case_file

#: A way out is open whatever the policy says, and in a suspended case too.
STOP_SHARING: tuple[Step, ...] = (lock_case_file, check_share_access, stop_sharing, *RECORD_ACT)

RECORD_ACCESS: tuple[Step, ...] = (*CASE_ACT, require_share, record_access, *RECORD_ACT)

OPEN_OVERVIEW: tuple[Step, ...] = (*CASE_ACT, open_overview, *RECORD_ACT)

#: A way out is open whatever the case rests for, and whoever at the office has it.
WITHDRAWAL_REGISTRATION: tuple[Step, ...] = (*CASE_ACT, require_member, require_received)

OWN_ENTRY: tuple[Step, ...] = (
    *OPEN_CASE_ACT,
    require_own_case,  # nobody enters anything for another
)

SAVE_HOUSEHOLD: tuple[Step, ...] = (*OWN_ENTRY, save_household, *RECORD_ACT)

SAVE_BUDGET: tuple[Step, ...] = (*OWN_ENTRY, save_budget, *RECORD_ACT)

ADD_HOUSEHOLD_MEASURE: tuple[Step, ...] = (*OWN_ENTRY, add_household_measure, *RECORD_ACT)

REMOVE_HOUSEHOLD_MEASURE: tuple[Step, ...] = (*OWN_ENTRY, remove_household_measure, *RECORD_ACT)

SAVE_PLAN: tuple[Step, ...] = (*OWN_ENTRY, save_plan, complete_own_task, *RECORD_ACT)

TAG_ACCOUNTS: tuple[Step, ...] = (
    *OWN_ENTRY,
    tag_accounts,
    notify_watching_journeys,
    complete_own_task,
    *RECORD_ACT,
)

SAVE_ASSUMPTIONS: tuple[Step, ...] = (*OWN_ENTRY, save_assumptions, notify_watching_journeys, *RECORD_ACT)

SAVE_CHECKLIST: tuple[Step, ...] = (*OWN_ENTRY, save_checklist, complete_own_task, *RECORD_ACT)

SAVE_CLOSING_STEPS: tuple[Step, ...] = (*OWN_ENTRY, save_closing_steps, complete_own_task, *RECORD_ACT)


REGISTER_ANSWER: tuple[Step, ...] = (*REGISTRATION, register_answer, note_registration, *RECORD_ACT)

REGISTER_SHARE_STOP: tuple[Step, ...] = (
    *WITHDRAWAL_REGISTRATION,
    register_share_stop,
    note_registration,
    *RECORD_ACT,
)


def sequences(
    data_sets: Mapping[str, DataSet], receiver: Mapping[str, str], database: Database
) -> Mapping[type[Command], tuple[Step, ...]]:
    """Every command with its steps.

    data_sets  those the installation can ask: an overview is built of them
    receiver   ``party_id`` and ``name`` of whom a consent is given to
    """
    rebuild = rebuild_overview(data_sets, database)  # compiled when the entry stands, outside its transaction
    return {
        commands.WithdrawConsent: (lock_case_file, check_consent_access, withdraw_consent(data_sets), *RECORD_ACT),
        commands.GiveConsentAgain: (*OWN_ENTRY, give_again(data_sets, receiver), *RECORD_ACT),
        commands.RegisterAnswer: REGISTER_ANSWER,
        commands.RegisterWithdrawal: (
            *WITHDRAWAL_REGISTRATION,
            register_withdrawal(data_sets),
            note_registration,
            *RECORD_ACT,
        ),
        commands.RegisterShareStop: REGISTER_SHARE_STOP,
        commands.RegisterSupplement: (*REGISTRATION, register_supplement, rebuild, *RECORD_ACT),
        commands.RemoveRegistered: (*MEMBER_ACT, remove_registered, rebuild, *RECORD_ACT),
        commands.CarryOver: (*OWN_ENTRY, carry_over(data_sets, receiver), *RECORD_ACT),
        commands.SettleGrant: (*OWN_ENTRY, settle_grant, ask_opened(data_sets), complete_approval, *RECORD_ACT),
        CancelCase: (*CANCEL_CASE[: -len(CLOSING)], end_consents(data_sets), *CLOSING),
        commands.StopSharing: STOP_SHARING,
        commands.StartSharing: (*OWN_ENTRY, start_sharing, *RECORD_ACT),
        commands.ShareAgain: (*OWN_ENTRY, share_again, *RECORD_ACT),
        commands.RecordAccess: RECORD_ACCESS,
        commands.OpenOverview: OPEN_OVERVIEW,
        commands.AddSupplement: (*OWN_ENTRY, add_supplement, rebuild, *RECORD_ACT),
        commands.CorrectFigure: (*OWN_ENTRY, correct_figure, rebuild, *RECORD_ACT),
        commands.DecideSameDebt: (*OWN_ENTRY, decide_same_debt, rebuild, *RECORD_ACT),
        commands.AskSourcesAgain: (*OWN_ENTRY, ask_sources_again(data_sets), *RECORD_ACT),
        commands.CategorizePayee: (*OWN_ENTRY, categorize_payee, rebuild, *RECORD_ACT),
        commands.RemoveSupplement: (*OWN_ENTRY, remove_supplement, rebuild, *RECORD_ACT),
        commands.SaveHousehold: SAVE_HOUSEHOLD,
        commands.SaveBudget: SAVE_BUDGET,
        commands.AddHouseholdMeasure: ADD_HOUSEHOLD_MEASURE,
        commands.RemoveHouseholdMeasure: REMOVE_HOUSEHOLD_MEASURE,
        commands.SavePlan: SAVE_PLAN,
        commands.TagAccounts: TAG_ACCOUNTS,
        commands.SaveAssumptions: SAVE_ASSUMPTIONS,
        commands.SaveChecklist: SAVE_CHECKLIST,
        commands.SaveClosingSteps: SAVE_CLOSING_STEPS,
    }
