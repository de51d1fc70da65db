# `terraform test`: the provider is played, nothing is created.
mock_provider "airbyte" {}

variables {
  workspace_id      = "2f247b56-4c74-41ae-8045-9f64dd27512e"
  image             = { repository = "ghcr.io/example/source-360learning" }
  client_id         = "an-id"
  client_secret     = "a-secret"
  postgres          = { host = "db.example.com", database = "training", username = "airbyte" }
  postgres_password = "a-password"
}

run "streams_with_a_cursor_are_read_incrementally_and_the_others_whole" {
  assert {
    condition     = output.sync_modes["attendances"] == "incremental_deduped_history" && output.sync_modes["users"] == "full_refresh_overwrite"
    error_message = "attendances or users has the wrong sync mode."
  }

  assert {
    condition     = toset(keys(output.sync_modes)) == local.suggested
    error_message = "By default the suggested streams are read, and only they."
  }
}

run "the_connector_keeps_its_defaults_where_nothing_is_said" {
  assert {
    condition     = jsondecode(airbyte_source.this.configuration) == { client_id = "an-id", client_secret = "a-secret", region = "eu" }
    error_message = "The source's configuration holds more or less than what was said."
  }
}

run "what_is_said_reaches_the_connector" {
  variables {
    region                   = "us"
    start_date               = "2024-09-01"
    requests_per_second      = 20
    attendance_lookback_days = 30
    include_deleted_users    = false
  }

  assert {
    condition = jsondecode(airbyte_source.this.configuration) == {
      client_id           = "an-id", client_secret = "a-secret", region = "us", start_date = "2024-09-01",
      requests_per_second = 20, attendance_lookback_days = 30, include_deleted_users = false
    }
    error_message = "The source's configuration is not what was said."
  }
}

run "without_a_schedule_airbyte_waits_to_be_told" {
  variables {
    cron = null
  }

  assert {
    condition     = airbyte_connection.this.schedule.schedule_type == "manual"
    error_message = "The schedule is not manual."
  }
}

run "a_definition_that_exists_is_not_made_again" {
  variables {
    image                = null
    source_definition_id = "5b1b5d0c-6e0f-4c8a-9a52-360360360360"
  }

  assert {
    condition     = length(airbyte_source_definition.this) == 0 && airbyte_source.this.definition_id == "5b1b5d0c-6e0f-4c8a-9a52-360360360360"
    error_message = "A second definition was made."
  }
}

run "a_full_refresh_of_attendances_can_be_asked_for" {
  variables {
    streams    = ["attendances", "users"]
    sync_modes = { attendances = "full_refresh_overwrite" }
  }

  assert {
    condition     = output.sync_modes == { attendances = "full_refresh_overwrite", users = "full_refresh_overwrite" }
    error_message = "The chosen mode was not taken."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    workspace_id             = "my workspace"
    image                    = null
    region                   = "fr"
    base_url                 = "http://proxy.example.com"
    start_date               = "01/09/2024"
    requests_per_second      = 0
    attendance_lookback_days = 3651
    cron                     = "0 4 * * *"
    postgres                 = { host = "db.example.com", database = "training", username = "airbyte", ssl_mode = "verify-full" }
  }

  expect_failures = [
    var.workspace_id, var.image, var.region, var.base_url, var.start_date,
    var.requests_per_second, var.attendance_lookback_days, var.cron, var.postgres,
  ]
}

run "a_stream_that_does_not_exist_is_refused" {
  command = plan

  variables {
    streams = ["users", "attendance"]
  }

  expect_failures = [var.streams]
}

run "an_incremental_mode_of_a_stream_without_a_cursor_is_refused" {
  command = plan

  variables {
    sync_modes = { users = "incremental_append" }
  }

  expect_failures = [var.sync_modes]
}
