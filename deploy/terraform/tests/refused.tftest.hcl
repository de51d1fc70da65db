# Each run is one wrong value (or, at the end, an unusual right one), refused (or taken) before anything is made.

mock_provider "airbyte" {}

variables {
  workspace_id      = "2f247b56-4c74-41ae-8045-9f64dd27512e"
  image             = { repository = "registry.example.com/source-360learning", tag = "0.1.0" }
  client_id         = "an-id"
  client_secret     = "a-secret"
  postgres          = { host = "db.example.com", database = "warehouse", username = "airbyte" }
  postgres_password = "a-password"
}

run "a_region_that_does_not_exist_is_refused" {
  command = plan

  variables {
    region = "fr"
  }

  expect_failures = [var.region]
}

run "a_workspace_that_is_no_uuid_is_refused" {
  command = plan

  variables {
    workspace_id = "my workspace"
  }

  expect_failures = [var.workspace_id]
}

run "a_stream_that_does_not_exist_is_refused" {
  command = plan

  variables {
    streams = { attendence = {} }
  }

  expect_failures = [var.streams]
}

run "no_stream_at_all_is_refused" {
  command = plan

  variables {
    streams = {}
  }

  expect_failures = [var.streams]
}

run "an_incremental_mode_of_a_stream_without_a_cursor_is_refused" {
  command = plan

  variables {
    streams = { users = { sync_mode = "incremental_append" } }
  }

  expect_failures = [var.streams]
}

run "a_sync_mode_that_does_not_exist_is_refused" {
  command = plan

  variables {
    streams = { attendances = { sync_mode = "incremental" } }
  }

  expect_failures = [var.streams]
}

run "a_pace_of_zero_is_refused" {
  command = plan

  variables {
    requests_per_second = 0
  }

  expect_failures = [var.requests_per_second]
}

run "a_pace_above_a_thousand_is_refused" {
  command = plan

  variables {
    requests_per_second = 1001
  }

  expect_failures = [var.requests_per_second]
}

run "half_a_request_is_refused" {
  command = plan

  variables {
    requests_per_second = 1.5
  }

  expect_failures = [var.requests_per_second]
}

run "a_hundred_and_one_requests_at_once_is_refused" {
  command = plan

  variables {
    max_concurrent_requests = 101
  }

  expect_failures = [var.max_concurrent_requests]
}

run "a_lookback_of_eleven_years_is_refused" {
  command = plan

  variables {
    attendance_lookback_days = 4000
  }

  expect_failures = [var.attendance_lookback_days]
}

run "a_full_refresh_of_users_more_than_90_days_apart_is_refused" {
  command = plan

  variables {
    full_user_refresh_days = 91
  }

  expect_failures = [var.full_user_refresh_days]
}

run "a_start_date_in_another_form_is_refused" {
  command = plan

  variables {
    start_date = "01/09/2024"
  }

  expect_failures = [var.start_date]
}

run "a_start_date_that_is_no_day_is_refused" {
  command = plan

  variables {
    start_date = "2024-02-30"
  }

  expect_failures = [var.start_date]
}

run "a_base_url_over_plain_http_is_refused" {
  command = plan

  variables {
    base_url = "http://proxy.example.com"
  }

  expect_failures = [var.base_url]
}

run "a_port_that_does_not_exist_is_refused" {
  command = plan

  variables {
    postgres = { host = "db", port = 65536, database = "w", username = "u" }
  }

  expect_failures = [var.postgres]
}

run "an_ssl_mode_that_does_not_exist_is_refused" {
  command = plan

  variables {
    postgres = { host = "db", database = "w", username = "u", ssl_mode = "on" }
  }

  expect_failures = [var.postgres]
}

run "verify_ca_without_a_certificate_is_refused" {
  command = plan

  variables {
    postgres = { host = "db", database = "w", username = "u", ssl_mode = "verify-ca" }
  }

  expect_failures = [var.postgres]
}

run "postgres_without_a_password_is_refused" {
  command = plan

  variables {
    postgres_password = null
  }

  expect_failures = [var.postgres_password]
}

run "a_schema_that_postgres_would_have_to_quote_is_refused" {
  command = plan

  variables {
    schema = "Raw-360"
  }

  expect_failures = [var.schema]
}

run "a_cron_of_five_fields_is_refused" {
  command = plan

  variables {
    cron = "0 3 * * *"
  }

  expect_failures = [var.cron]
}

run "a_cron_of_every_minute_is_refused" {
  command = plan

  variables {
    cron = "0 * * * * ?"
  }

  expect_failures = [var.cron]
}

run "a_cron_with_a_time_zone_is_refused" {
  command = plan

  variables {
    cron = "0 0 3 * * ? UTC"
  }

  expect_failures = [var.cron]
}

run "two_destinations_are_refused" {
  command = plan

  variables {
    destination_id = "66666666-7777-4888-8999-000000000000"
  }

  expect_failures = [var.postgres]
}

run "two_connectors_are_refused" {
  command = plan

  variables {
    source_definition_id = "11111111-2222-4333-8444-555555555555"
  }

  expect_failures = [var.image]
}

run "a_repository_with_its_tag_is_refused" {
  command = plan

  variables {
    image = { repository = "registry.example.com/source-360learning:0.1.0", tag = "0.1.0" }
  }

  expect_failures = [var.image]
}

run "a_port_in_the_repository_is_taken" {
  command = plan

  variables {
    image = { repository = "registry.example.com:5000/source-360learning", tag = "0.1.0" }
  }
}

run "a_cron_of_weekdays_is_taken" {
  command = plan

  variables {
    cron = "0 30 6,18 ? * MON-FRI"
  }
}

run "a_start_date_with_a_time_is_taken" {
  command = plan

  variables {
    start_date = "2024-09-01T00:00:00Z"
  }
}
