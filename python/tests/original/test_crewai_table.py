"""One line for each of the original's tests: 147 functions in ten files of crewAIInc/crewAI at f4731f50.

Facts about their tests, and no line of them. `same`: theirs holds as it is, with our class in the place of theirs;
`tests/real/run_crewai` runs it. `by behaviour`: theirs looks at its own parts, a mocked tracer as a rule; ours, which is named,
looks at what they are for. `contrary`: theirs asks for what a guarantee forbids; ours is named with the reason. `empty`: theirs
tests no telemetry.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

SAME = ("same", "", "")
METHODS = "test_crewai.test_each_span_is_one_of_the_schema_in_its_tier"
VALUES = "test_crewai.test_values_are_as_the_originals"
FLAGS = "test_crewai.test_flags_are_texts_and_inputs_are_told_by_their_presence"
ONE = "test_crewai.test_there_is_one_and_threads_find_it"
EACH = "test_crewai_consent.test_each_variable_is_read_at_each_operation"
FIRST = "test_crewai_consent.test_what_is_a_no_at_the_beginning_stays_one"
HOST = "test_crewai_consent.test_the_host_keeps_its_signals_and_its_opentelemetry"
END = "test_crewai_consent.test_the_end_of_a_process_delivers_and_waits_for_no_server"
PLACES = "test_crewai_places.test_assistants_and_places_are_told_by_the_same_variables_and_never_by_their_values"
ONCE = "test_crewai_places.test_the_assistant_is_counted_once_by_its_name"
NOTHING = "test_crewai_places.test_an_empty_variable_says_nothing"
PROJECT = "test_crewai_places.test_a_project_is_told_by_the_name_that_its_owner_registered"


def by(ours):
    return ("by behaviour", ours, "")


def contrary(ours, why):
    return ("contrary", ours, why)


def empty(why):
    return ("empty", "", why)


#: The verdicts of a file's tests, by the names of theirs.
TABLE = {
    "lib/crewai/tests/telemetry/test_flow_telemetry.py": {
        SAME: """
            test_completed_flow_reports_its_outcome test_failed_flow_reports_the_failure_and_the_method
            test_a_failed_flow_is_still_counted_as_an_execution test_requesting_input_reports_both_sides
            test_paused_flow_reports_the_pause test_failed_conversation_turn_is_reported
            test_no_method_names_or_error_text_are_recorded test_error_type_only_accepts_an_exception_class
            test_completed_flow_reports_a_real_duration test_failed_flow_reports_its_duration_and_outcome
            test_no_duration_is_reported_without_a_recorded_start test_duration_is_reported_once_per_run
            test_user_authored_flows_are_tagged_as_user test_crewais_own_agent_executor_is_tagged_internal
            test_resumed_flow_is_reported test_a_user_flow_that_suppresses_console_events_still_reports
            test_a_declarative_flow_is_not_treated_as_internal test_a_failed_conversation_session_is_not_reported_completed
            test_a_deferred_session_still_reports_a_failed_turn test_a_failed_turn_does_not_mark_the_next_turn_failed
            test_a_failed_streamed_turn_does_not_mark_the_next_turn_failed
            test_infrastructure_flows_do_not_pollute_outcome_signals test_a_checkpoint_restore_is_not_counted_as_a_resume
            test_a_conversational_turn_is_marked test_an_ordinary_flow_is_not_marked_conversational
        """,
    },
    "lib/crewai/tests/telemetry/test_execution_span_assignment.py": {
        SAME: """
            test_crew_execution_span_assigned_on_kickoff test_end_crew_receives_valid_execution_span
            test_crew_execution_span_not_set_when_share_crew_false test_crew_execution_span_assigned_on_kickoff_async
            test_crew_execution_span_assigned_on_kickoff_for_each
        """,
    },
    "lib/crewai/tests/telemetry/test_flow_crew_span_integration.py": {
        SAME: """
            test_crew_execution_span_in_flow_with_share_crew test_crew_execution_span_not_set_in_flow_without_share_crew
            test_multiple_crews_in_flow_span_lifecycle test_crew_execution_span_in_async_flow
        """,
    },
    "lib/crewai/tests/telemetry/test_project_id.py": {
        empty("how CrewAI's command writes a project's file"): """
            test_returns_none_when_no_id_configured test_mints_and_persists_an_id test_id_is_stable_across_calls
            test_id_lands_in_the_tool_crewai_table test_other_tables_are_preserved test_comments_and_formatting_are_preserved
            test_produces_valid_toml_for_varied_layouts test_id_does_not_leak_into_a_neighbouring_table
            test_absent_tool_crewai_table_is_never_created test_missing_file_is_not_an_error
            test_malformed_toml_is_not_an_error test_read_only_file_is_not_an_error
            test_get_project_id_never_creates_anything test_blank_or_whitespace_id_is_treated_as_absent
            test_malformed_toml_is_never_written_to test_blank_existing_id_is_replaced_not_duplicated
            test_non_string_existing_id_is_replaced test_table_header_with_trailing_comment_is_found
            test_similar_table_names_are_not_matched test_crlf_line_endings_are_preserved test_lf_file_stays_lf
            test_concurrent_minting_converges_on_one_id test_file_mode_is_preserved test_no_temp_files_left_behind
            test_ids_are_unique_across_projects
        """,
    },
    "lib/crewai/tests/telemetry/test_detection_reexports.py": {
        empty("which of CrewAI's own modules have a name"): """
            test_detection_helpers_still_import_from_telemetry_utils test_marker_tables_still_import_from_utilities_constants
            test_env_context_still_reads_the_shared_table
        """,
    },
    "lib/crewai/tests/telemetry/test_coding_agent_detection.py": {
        by(PLACES): """
            test_detects_every_marker_in_the_shared_table test_shares_the_canonical_marker_sets
            test_codex_takes_precedence_over_cursor test_claude_code_takes_precedence_over_cursor
            test_precedence_matches_get_env_context test_config_style_variables_are_not_used_as_markers
            test_hosted_environments_are_not_reported_as_assistants test_every_marker_comes_from_a_verified_set
            test_generic_marker_is_the_last_resort test_generic_marker_value_is_never_reported
            test_terminal_bound_assistants_outrank_cursor test_editor_terminal_is_not_reported_as_an_assistant
            test_detects_every_runtime_marker test_runtime_precedence_prefers_the_most_specific
            test_an_automated_run_still_reports_an_unknown_assistant test_assistant_and_runtime_are_reported_together
            test_unmatched_assistant_is_unknown test_never_returns_env_var_value test_result_is_always_a_known_literal
            test_known_agents_contains_no_pii_shaped_values test_managed_platforms_are_not_reported_as_serverless
            test_serverless_markers_still_win_over_paas test_azure_functions_are_not_reported_as_paas
            test_env_context_precedence_matches_the_shared_table test_assistant_inside_cursor_agrees_across_both_paths
        """,
        by(NOTHING): "test_empty_marker_value_is_ignored",
        contrary(NOTHING, "an empty variable is as good as none, everywhere in this library"): """
            test_runtime_markers_are_detected_by_presence test_generic_marker_is_detected_by_presence
        """,
        contrary(METHODS, "words that are in no published list: editors' terminals, and that nobody sits there"): """
            test_editor_terminal_requires_exact_value test_falls_back_to_non_interactive_without_tty
        """,
        by("crewai/src/environment.rs::the_most_specific_place_counts"): """
            test_falls_back_to_interactive_with_tty test_dockerenv_marks_a_container test_handles_broken_stdout
        """,
        by(ONCE): "test_coding_agent_lands_on_every_exported_span test_coding_agent_span_emits_once",
        by(VALUES): """
            test_common_attributes_land_on_our_own_spans test_common_attributes_carry_agent_and_runtime
            test_all_common_attributes_land_on_exported_spans test_common_attributes_are_computed_once
        """,
        by(HOST): "test_common_attributes_processor_never_breaks_span_creation test_an_app_provider_never_receives_our_processor",
        by(PROJECT): """
            test_common_attributes_include_project_id_when_declared test_project_id_is_empty_rather_than_absent_when_undeclared
            test_project_id_lookup_never_breaks_telemetry test_a_declared_id_is_distinguishable_from_an_undeclared_one
        """,
    },
    "lib/crewai/tests/telemetry/test_telemetry.py": {
        by(FIRST): "test_telemetry_environment_variables",
        by(EACH): "test_telemetry_enabled_by_default",
        by(HOST): "test_set_tracer_never_installs_a_global_provider",
        contrary(HOST, "no handler of signals from any thread, so that there is nothing to skip and nothing to log"): """
            test_no_signal_handler_traceback_in_non_main_thread
        """,
        contrary(END, "nothing is logged where a server does not answer"): "test_telemetry_fails_due_connect_timeout",
        by(ONE): "test_telemetry_singleton_pattern",
        by(VALUES): """
            test_flow_execution_span_records_crewai_version test_flow_creation_span_records_crewai_version
            test_hook_dispatched_span_counts_point_usage test_hook_dispatched_span_counts_aborts
            test_resumed_is_recorded_as_a_string test_flow_completed_records_duration_outcome_and_origin
            test_conversational_is_recorded_as_a_string test_span_records_the_crewai_version
            test_task_spans_record_the_crewai_version test_every_span_records_the_crewai_version
        """,
        by(FLAGS): """
            test_crew_memory_is_recorded_as_a_string test_crew_inputs_presence_is_recorded_ungated_as_a_string
            test_crew_inputs_payload_stays_gated_while_the_presence_signal_does_not
        """,
        by(METHODS): "test_paused_and_method_failed_record_flow_and_origin",
        by("tests/real/run_crewai"): "test_event_listener_tracks_hook_dispatched_events",
    },
    "lib/crewai/tests/telemetry/test_telemetry_disable.py": {
        by(FIRST): "test_telemetry_environment_variables",
        by(EACH): """
            test_telemetry_enabled_by_default test_telemetry_disable_after_singleton_creation
            test_telemetry_disable_with_multiple_instances test_telemetry_otel_sdk_disabled_after_creation
        """,
    },
    "lib/crewai/tests/telemetry/test_tracer_isolation.py": {
        by(HOST): """
            test_third_party_spans_never_reach_our_exporter test_our_spans_are_unaffected_by_an_application_provider
            test_set_tracer_is_idempotent
        """,
        by(METHODS): "test_our_own_spans_still_reach_our_exporter",
    },
    "lib/crewai-core/tests/test_telemetry_deploy.py": {
        by("test_crewai.test_deployments_say_where_they_were_begun_and_count_once"): """
            TestCreateDeployment.test_defaults_to_cli TestCreateDeployment.test_records_tui_when_started_from_the_run_ui
            TestCreateDeployment.test_also_counts_the_deployment_as_a_feature
            TestCreateDeployment.test_feature_count_is_the_same_from_either_origin
            TestStartDeployment.test_defaults_to_cli_and_keeps_the_uuid
            TestStartDeployment.test_records_tui_when_started_from_the_run_ui
            TestStartDeployment.test_source_is_recorded_even_without_a_uuid
            TestStartDeployment.test_also_counts_the_deployment_as_a_feature
        """,
        by("test_crewai_consent.test_where_nothing_is_recorded_nothing_is_read"): """
            TestDisabledTelemetry.test_opted_out_users_emit_nothing
        """,
        by(VALUES): "TestReleaseAttribution.test_span_records_the_release",
    },
}

#: How many test functions each of their files has.
FILES = {
    "test_flow_telemetry.py": 25,
    "test_execution_span_assignment.py": 5,
    "test_flow_crew_span_integration.py": 4,
    "test_project_id.py": 25,
    "test_detection_reexports.py": 3,
    "test_coding_agent_detection.py": 45,
    "test_telemetry.py": 21,
    "test_telemetry_disable.py": 5,
    "test_tracer_isolation.py": 4,
    "test_telemetry_deploy.py": 10,
}

LINES = [
    (file, name, *verdict) for file, verdicts in TABLE.items() for verdict, names in verdicts.items() for name in names.split()
]


def test_every_test_of_the_original_has_its_line():
    assert Counter(Path(line[0]).name for line in LINES) == FILES
    assert len(LINES) == 147 == len({line[:2] for line in LINES})
    assert Counter(line[2] for line in LINES) == {"same": 34, "by behaviour": 79, "contrary": 6, "empty": 28}
    for _, name, verdict, ours, why in LINES:
        assert bool(ours) == (verdict in ("by behaviour", "contrary")), name
        assert bool(why) == (verdict in ("contrary", "empty")), name


@pytest.mark.parametrize("ours", sorted({line[3] for line in LINES} - {""}))
def test_every_test_of_ours_that_is_named_is_there(ours):
    root = Path(__file__).parents[3]
    if "/" in ours:
        file, _, name = ours.partition("::")
        assert name in (root / file).read_text()
        return
    module, _, name = ours.partition(".")
    tree = ast.parse((root / "python" / "tests" / f"{module}.py").read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
