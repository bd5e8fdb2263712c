"""What the Python server promises, the Go server keeps: the same tests, with the same clients."""

from __future__ import annotations

from importlib import import_module

import pytest

pytestmark = pytest.mark.slow

PROMISES = {
    "test_abuse": """
        test_no_shape_of_json_takes_more_than_the_memory
        test_a_body_that_never_fits_is_413_and_one_that_does_not_fit_now_is_429
        test_stalled_uploads_give_way
        test_answers_that_nobody_takes_give_way
        test_an_answer_that_is_larger_than_the_memory_is_not_written
        test_a_slow_reader_is_closed
        test_chunks_that_outweigh_their_data_are_refused
        test_a_short_body_may_come_in_chunks_of_one_byte
        test_many_bodies_in_small_chunks_do_not_keep_health_waiting
        test_dripping_clients_make_room_where_file_descriptors_are_few
        test_a_line_without_cr_is_refused_at_once
        test_the_identity_encoding_in_every_spelling""",
    "test_careless_plugins": """
        test_many_prints_without_a_line_end
        test_who_is_cut_off_at_the_end_is_told
        test_secrets_of_several_lines_or_with_a_line_end
        test_the_envelope_of_a_secret_is_no_secret
        test_every_character_of_a_secret_in_a_url
        test_a_header_that_takes_long_to_read
        test_expect_without_a_body_to_wait_for
        test_a_double_slash_is_one""",
    "test_configuration": """
        test_a_plugin_without_a_required_setting_ends_and_says_which
        test_the_servers_own_settings_may_be_in_the_manifest""",
    "test_connections": """
        test_a_client_that_closes_its_sending_half_gets_its_whole_answer
        test_and_the_answers_to_all_that_it_sent_ahead
        test_what_was_sent_before_the_end_is_answered
        test_clients_that_ask_ahead_do_not_keep_health_waiting
        test_executions_that_wait_for_a_file_descriptor_are_not_cut_off
        test_an_idle_connection_makes_room_where_file_descriptors_are_few
        test_an_empty_line_behind_a_body_begins_no_request""",
    "test_executions": """
        test_beyond_the_slots_the_answer_is_429_at_once
        test_calls_one_after_another_never_meet_a_429
        test_past_the_deadline_the_caller_gets_504_and_the_slot_stays_taken
        test_health_waits_for_a_short_setup
        test_an_idle_plugin_ends_at_once
        test_running_executions_are_answered_before_the_end
        test_the_end_does_not_wait_for_what_is_already_answered
        test_the_end_comes_before_the_host_kills
        test_a_second_signal_ends_at_once
        test_sigterm_during_setup_ends_at_once
        test_nothing_accumulates""",
    "test_failures": """
        test_an_answer_that_is_too_large
        test_an_empty_setting_is_not_set
        test_a_wrong_setting_ends_the_start_with_its_name""",
    "test_inputs": """
        test_a_value_of_any_type_is_unwrapped
        test_an_object_with_a_key_named_value_is_not_taken_for_an_envelope
        test_text_that_is_nested_too_deeply_is_no_value
        test_a_secret_in_json_text_is_redacted_as_a_value_too
        test_args_and_undeclared_inputs_are_in_the_context
        test_an_alias_is_as_good_as_the_name_which_comes_first
        test_defaults_are_filled_in_and_absent_inputs_stay_absent
        test_the_step_can_be_recognized_when_it_is_repeated
        test_null_is_no_value_for_a_required_input
        test_the_hosts_large_plugin_list_is_accepted""",
    "test_requests": """
        test_the_content_type
        test_a_body_that_is_too_large_is_refused_even_to_a_client_that_sends_it_all
        test_a_chunked_body
        test_what_is_no_http
        test_transfer_encoding_in_http_1_0
        test_a_header_that_is_too_large
        test_requests_that_follow_each_other_on_one_connection
        test_slow_clients_do_not_keep_others_from_an_answer
        test_past_the_limit_the_connection_that_is_idle_for_longest_is_closed
        test_idle_and_endless_connections_are_closed""",
    "test_secrets_and_logs": """
        test_the_secrets_of_a_request_stay_inside
        test_a_secret_number_or_object_is_one_too
        test_the_secrets_of_the_environment_stay_inside
        test_short_and_harmless_values_are_left_alone
        test_a_thread_of_the_authors_cannot_print_a_secret
        test_the_traceparent_header_is_used_and_passed_on
        test_trace_ids_never_cross
        test_the_metrics_are_what_prometheus_reads
        test_nothing_but_plugin_variables_is_honoured""",
    "test_stopping_and_stuck": """
        test_an_upload_is_answered_503_when_the_server_stops
        test_clients_that_go_on_sending_do_not_hold_the_stop
        test_a_client_that_never_reads_does_not_hold_the_stop
        test_health_fails_once_every_slot_is_stuck_for_long""",
    "test_unread_output": """
        reader
        unread
        test_answers_and_the_end_do_not_depend_on_a_reader
        test_a_burst_waits_for_a_reader_that_reads
        test_a_wrong_setting_with_a_full_pipe
        test_a_wrong_setting_is_told_before_the_end
        test_a_reader_that_is_gone""",
}

for module, names in PROMISES.items():
    found = import_module(f"tests.runtime.{module}")
    globals().update({name: getattr(found, name) for name in names.split()})
