"""Of the promises (tests/promises), those that the mock engine can show too: the cheap run of every day, without a CLI."""

# What is imported is what pytest runs here.
# ruff: noqa: F401

import pytest

from tests.drivers import Driver
from tests.promises.test_adoption import (
    test_a_resource_group_that_exists_is_not_taken_by_accident,
    test_a_role_that_somebody_removes_after_the_adoption_is_restored,
    test_a_set_up_by_hand_is_adopted_without_a_write,
    test_the_role_of_another_principal_is_not_adopted,
    test_what_adobe_would_not_take_is_told_before_anything_is_written,
    test_without_adopt_the_error_names_it_and_nothing_is_changed,
)
from tests.promises.test_immutable_settings import (
    test_a_change_of_what_is_fixed_is_refused_and_changes_nothing,
    test_a_preview_tells_all_changes_of_what_is_fixed_at_once,
    test_before_anything_is_sent_the_refusal_says_how_to_change_it_all_the_same,
    test_what_says_the_same_in_other_words_is_no_change,
    test_what_was_made_without_guards_is_immutable_as_soon_as_activation_is_asked_for,
    test_what_was_sent_and_lost_is_not_created_under_another_name,
)
from tests.promises.test_lost_states import (
    test_a_lost_state_is_taken_back_with_the_setting_that_the_error_names,
    test_a_lost_state_makes_no_second_vault_without_activation_either,
    test_a_lost_state_whose_group_cannot_be_derived_asks_for_it,
)
from tests.promises.test_preflight import (
    test_after_a_fix_the_configuration_is_sent,
    test_after_activation_a_finding_is_a_change_in_preview_and_ends_up_with_an_error_until_it_is_fixed,
    test_all_findings_are_told_at_once_and_in_preview,
    test_an_expiry_far_away_is_a_warning,
    test_each_unmet_requirement_is_found_and_nothing_is_sent,
    test_the_findings_of_a_stack_that_is_not_activated_are_no_change,
)
from tests.promises.test_recovery import (
    test_after_something_was_sent_no_vault_and_no_key_is_created_and_what_is_recovered_is_taken_back,
    test_what_only_a_person_can_undo_fails_the_watch_and_every_up_until_it_is_undone,
    test_what_up_can_undo_fails_the_watch_and_is_undone_after_a_refresh,
)
from tests.promises.test_unreadable import (
    test_a_refresh_that_may_not_read_a_resource_fails_and_keeps_it,
    test_nothing_is_sent_while_something_cannot_be_read,
    test_what_cannot_be_read_is_not_called_lost,
)


@pytest.fixture(scope="session")
def kind() -> str:
    """Of the two drivers of a scenario, the one."""
    return "rehearsal"


@pytest.fixture
def engine(driver: Driver) -> Driver:
    """What the promises call the engine: here the mock engine."""
    return driver
