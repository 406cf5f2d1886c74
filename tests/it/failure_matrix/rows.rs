//! The rows: each failure with its tests, and what they leave out.

/// A failure, the tests that show the right behaviour, and what they leave out, if anything.
pub type Row = (&'static str, &'static [&'static str], Option<&'static str>);

pub const NETWORK: &[Row] = &[
    (
        "refused, DNS, connect timeout",
        &[
            "where_nobody_listens_nothing_was_sent",
            "an_unreachable_tenant_is_named_without_secrets",
            "knocking_ends_before_patience_does",
            "a_tenant_that_is_gone_leaves_the_run_to_be_resumed",
        ],
        None,
    ),
    (
        "reset, EOF or timeout after the request left, truncated body, junk after it",
        &[
            "accidents_are_survived_and_nobody_is_sent_twice_who_had_arrived",
            "connections_that_break_are_no_answer",
            "a_mail_is_never_sent_on_a_guess",
            "nobody_gets_two_mails",
        ],
        None,
    ),
    (
        "slow or trickling answer",
        &[
            "silence_and_trickling_end_at_a_deadline",
            "a_server_that_hangs_is_given_up_in_time",
        ],
        None,
    ),
    (
        "HTML page, wrong content type, empty body, error-looking JSON under 200",
        &[
            "what_confirms_and_what_does_not",
            "neither_body_nor_location_is_shown",
            "foreign_text_cannot_steer_the_terminal",
        ],
        None,
    ),
    (
        "gzip bomb, huge body, deep JSON in an answer",
        &["an_answer_longer_than_the_cap_is_not_read_on"],
        Some("no test of a deep or a compressed answer"),
    ),
    (
        "any 3xx",
        &["no_redirect_is_followed", "a_redirect_is_not_followed"],
        None,
    ),
    (
        "proxy variables",
        &["a_tenant_on_this_machine_is_never_asked_through_a_proxy"],
        Some("no test of a tenant on another machine"),
    ),
    (
        "429 in all its forms, also over a restart",
        &[
            "retry_after_in_all_its_forms",
            "nothing_leaves_before_the_time_that_an_answer_names",
            "a_wait_beyond_what_is_allowed_ends_the_run_and_is_kept_by_the_next",
            "it_holds_at_each_sync_that_follows",
        ],
        None,
    ),
    (
        "X-RateLimit-Remaining: 0",
        &[
            "a_used_up_window_is_waited_out",
            "a_used_up_allowance_holds_the_next_read",
        ],
        None,
    ),
    (
        "the limiter across a restart",
        &[
            "a_run_survives_two_hundred_kills",
            "calls_keep_their_distance_also_across_runs_and_when_rows_are_refused",
            "reads_keep_their_distance_over_a_restart",
        ],
        None,
    ),
    (
        "503 or 500 storm",
        &[
            "a_sick_server_is_left_alone_soon_and_nobody_is_blamed",
            "no_ten_minutes_ever_hold_more_than_the_promise",
            "a_storm_of_failures_is_not_answered_with_a_storm_of_trials",
        ],
        None,
    ),
    (
        "401 in mid-run",
        &[
            "who_can_sign_in_again_does_so_once",
            "a_token_that_is_refused_in_mid_run_stops_at_once_and_the_next_run_finishes",
            "callers_that_were_refused_together_renew_once",
        ],
        Some("a token that expires too soon is not refused at the start"),
    ),
    (
        "403, 404, 405, 415 on a write",
        &["a_wrong_address_or_right_costs_one_call_and_is_a_matter_of_configuration"],
        None,
    ),
    (
        "413",
        &[
            "what_was_too_large_once_is_not_tried_again",
            "too_large_is_remembered",
        ],
        None,
    ),
    (
        "409, 410 on one row",
        &["bad_rows_in_several_chunks"],
        Some("no test over HTTP of a delete that is answered 410"),
    ),
    (
        "400 that names a row, rightly or wrongly, in any notation",
        &[
            "every_notation_in_both_formats_leads_straight_to_the_rows",
            "both_formats_of_errors_name_the_row",
            "one_bad_row_among_a_thousand",
        ],
        None,
    ),
    (
        "400 that names none",
        &["bad_rows_in_several_chunks", "one_bad_row_among_a_thousand"],
        None,
    ),
    (
        "500 caused by one row",
        &[
            "a_server_that_failed_once_is_asked_in_parts",
            "a_sick_server_is_left_alone_soon_and_nobody_is_blamed",
        ],
        None,
    ),
    (
        "200 with details",
        &[
            "a_200_that_warns_is_applied_and_its_warnings_are_told",
            "a_200_that_left_a_row_out_is_not_taken_for_all",
        ],
        None,
    ),
    (
        "TLS wrong, http off loopback",
        &[
            "a_server_that_cannot_prove_who_it_is_gets_nothing",
            "what_is_unsafe_or_unclear_is_refused_and_its_secrets_are_not_repeated",
        ],
        None,
    ),
];

pub const PROCESS_AND_DISK: &[Row] = &[
    (
        "SIGKILL at any call to the system",
        &[
            "a_run_survives_two_hundred_kills",
            "a_run_survives_a_kill_at_each_sync_write_and_send",
            "sync_heals_by_itself",
        ],
        None,
    ),
    ("power loss", &["a_power_cut_loses_no_intent"], None),
    (
        "SIGTERM, SIGINT, a second one",
        &[
            "while_planning_it_ends_at_once_and_there_is_nothing_to_resume",
            "an_export_that_never_comes_is_not_waited_for",
            "waiting_for_the_limiter_is_given_up",
            "a_call_in_flight_is_given_time_to_settle",
            "what_is_being_read_back_is_read_to_its_end",
            "while_reading_what_was_written_it_ends_and_nothing_is_left_undone",
            "while_settling_what_another_left_it_ends_and_nothing_is_sent",
            "a_call_that_never_ends_is_left_in_flight_after_half_a_minute",
            "the_second_signal_ends_at_once_and_loses_nothing",
        ],
        None,
    ),
    (
        "disk full, EIO, read-only, no permission",
        &[
            "a_failing_disk_stops_the_run_and_loses_nothing",
            "a_log_that_cannot_be_moved_stops_the_run",
            "a_full_disk_stops_the_run_and_loses_nothing",
            "a_directory_that_cannot_be_written_stops_before_sending",
            "a_disk_that_is_mounted_for_reading_stops_before_sending",
        ],
        None,
    ),
    (
        "corrupt, foreign, newer or truncated store",
        &[
            "a_store_that_cannot_be_used_is_kept_and_can_be_rebuilt",
            "the_log_of_a_store_that_cannot_be_used_is_kept",
            "a_byte_that_turns_never_changes_what_is_read",
            "the_program_finishes_or_refuses_over_a_byte_that_turned",
        ],
        None,
    ),
    (
        "two runs at once",
        &[
            "of_twenty_simultaneous_starts_one_works",
            "after_a_kill_nothing_needs_to_be_unlocked",
        ],
        None,
    ),
    (
        "clock jumps",
        &["after_a_restart_the_last_request_still_counts"],
        Some("no test sets the clock of a running program"),
    ),
    (
        "closed stdout, hang-up",
        &["nobody_needs_to_listen", "a_hang_up_loses_nothing"],
        None,
    ),
];

pub const INPUT: &[Row] = &[
    (
        "0 bytes, header only, every row bad",
        &[
            "an_export_without_a_readable_row_is_refused",
            "a_refused_run_has_the_document_of_a_run_and_sends_nothing",
        ],
        None,
    ),
    (
        "unterminated quote, text after a closing quote",
        &[
            "csv_refuses_the_file_where_rows_are_uncertain",
            "where_no_cell_holds_a_line_break_one_bad_quote_costs_one_row",
        ],
        None,
    ),
    (
        "ragged row, bad key, activation or date",
        &[
            "csv_refuses_the_row_that_is_wrong_and_reads_on",
            "a_bad_activation_refuses_the_row_and_names_the_user",
            "a_bad_key_refuses_the_row_and_protects_nobody_in_particular",
            "refused_rows_protect_their_user_or_count_as_unreadable",
        ],
        Some("no test of a bad date"),
    ),
    (
        "any other bad field",
        &["a_bad_field_is_dropped_and_the_rest_goes"],
        None,
    ),
    (
        "last week's file, another feed, a delta taken for a full export",
        &[
            "an_export_that_is_too_old_is_planned_and_not_sent",
            "the_age_is_told_by_the_name_or_by_a_column_as_well",
            "an_export_is_read_once_its_ready_file_says_so",
            "rows_that_are_missing_are_found_by_the_control_total",
            "the_same_bytes_as_last_time_are_said_to_be_so",
        ],
        Some("the guards of the source that compare with earlier runs are not built"),
    ),
    (
        "duplicate keys: same, conflicting, differing by case or Unicode form",
        &[
            "rows_that_say_the_same_merge_and_the_first_stands",
            "rows_that_contradict_each_other_all_fall_and_the_user_is_protected",
            "ids_that_differ_by_case_or_unicode_form_are_refused_even_with_equal_content",
        ],
        Some("no rules of preference"),
    ),
    (
        "BOM, UTF-16, cp1252, invalid UTF-8, NUL, bidi controls",
        &[
            "the_same_rows_come_out_however_they_are_written",
            "a_bad_byte_is_named_at_the_first_the_middle_and_the_last_row",
            "an_encoding_is_declared_by_option_or_setting_and_never_assumed",
            "what_hides_or_steers_is_written_out",
            "bytes_that_are_no_text_are_named_with_their_line",
        ],
        None,
    ),
    (
        "10 MB field, 10^6 columns, 10 GB file",
        &[
            "limits_are_told",
            "rows_beyond_the_memory_pass_through_it",
            "what_has_no_end_is_refused_before_it_fills_the_memory",
        ],
        None,
    ),
    (
        "JSON: duplicate keys, ids that are no integers, deep nesting, one bad element",
        &[
            "a_repeated_key_is_found_at_every_depth_and_in_every_spelling",
            "digits_and_order_are_kept",
            "json_refuses_the_element_that_is_wrong_and_reads_on",
            "a_bad_element_is_named_by_its_index_and_line",
        ],
        None,
    ),
    (
        "gzip truncated, several members, bomb",
        &[
            "a_packed_file_that_was_cut_off_is_refused",
            "every_member_is_read_and_nothing_else_may_follow",
            "a_bomb_is_stopped",
            "a_workbook_that_was_cut_off_changed_or_made_to_harm_is_refused",
            "a_place_beyond_all_numbers_is_damage_and_stops_nothing_else",
        ],
        None,
    ),
    (
        "file replaced or growing while read, pipe, directory, endless device",
        &[
            "a_file_that_changed_is_refused",
            "a_pipe_is_spooled_to_a_file_that_nobody_else_can_open",
            "what_cannot_be_opened_says_why",
        ],
        None,
    ),
    (
        "access taken from many, shrunk file, lost column, one field changed on most rows",
        &[],
        Some("the guards that count are not built"),
    ),
    (
        "current state read failed in mid-list, or not allowed at all",
        &[
            "a_list_that_breaks_off_stops_before_anything_is_sent",
            "where_the_query_is_refused_users_are_read_one_by_one_and_nobody_counts_as_absent",
        ],
        None,
    ),
    (
        "ids that look like paths, cells that look like formulas, markup or commands",
        &[
            "ids_that_look_like_paths_stay_ids",
            "an_id_stays_one_segment",
            "a_cell_is_never_a_formula",
            "a_long_list_is_cut_and_html_stays_text",
        ],
        None,
    ),
];

pub const SECRETS: &[Row] = &[
    (
        "no secret in any output, log, report, error, database or argument",
        &[
            "no_error_repeats_a_url_or_a_secret",
            "what_no_request_can_carry_is_refused_without_being_repeated",
        ],
        Some("no scan of everything for planted secrets"),
    ),
    (
        "store and reports private, nothing kept for too long",
        &["both_files_are_written_private_and_replaced"],
        Some("no purge"),
    ),
];
