# Each run is a sentence about the module. No run needs an Airbyte: terraform init && terraform test

mock_provider "airbyte" {}

variables {
  workspace_id      = "2f247b56-4c74-41ae-8045-9f64dd27512e"
  image             = { repository = "registry.example.com/source-360learning", tag = "0.1.0" }
  client_id         = "an-id"
  client_secret     = "a-secret-of-360learning"
  postgres          = { host = "db.example.com", database = "warehouse", username = "airbyte" }
  postgres_password = "a-secret-of-postgres"
}

run "attendances_are_synced_incrementally_and_deduplicated" {
  command = plan

  assert {
    condition     = one([for s in airbyte_connection.this.configurations.streams : s.sync_mode if s.name == "attendances"]) == "incremental_deduped_history"
    error_message = "attendances must be incremental_deduped_history."
  }
}

run "users_are_replaced_as_a_whole" {
  command = plan

  assert {
    condition     = one([for s in airbyte_connection.this.configurations.streams : s.sync_mode if s.name == "users"]) == "full_refresh_overwrite"
    error_message = "users must be full_refresh_overwrite."
  }
}

run "the_table_of_streams_is_the_connectors" {
  command = plan

  # Split at the headings: the first line of a piece is the stream's name.
  assert {
    condition = { for name, stream in local.catalog : name => [join(", ", stream.key), stream.cursor == null] } == {
      for piece in slice(split("\n## ", file("../../docs/streams.md")), 1, length(split("\n## ", file("../../docs/streams.md")))) :
      split("\n", piece)[0] => [
        replace(regex("\\* \\*\\*Key\\*\\*: (.*)", piece)[0], "`", ""),
        strcontains(piece, "**Incremental**: Read in full by every sync"),
      ]
    }
    error_message = "catalog.tf and docs/streams.md have different streams, keys or cursors."
  }

  assert {
    condition = toset(keys(var.streams)) == toset(yamldecode(file("../../metadata.yaml")).data.suggestedStreams.streams)

    error_message = "The default of streams must be metadata.yaml's suggestedStreams."
  }
}

run "the_dbt_package_finds_the_tables" {
  command = plan

  assert {
    condition = (
      airbyte_connection.this.namespace_definition == "custom_format" &&
      airbyte_connection.this.namespace_format == yamldecode(file("../../dbt/dbt_project.yml")).vars.raw_schema
    )
    error_message = "The tables must lie in the schema that the dbt package reads."
  }
}

run "the_source_gets_the_configuration_and_nothing_that_is_null" {
  command = plan

  assert {
    condition = jsondecode(airbyte_source.this.configuration) == {
      client_id                = "an-id"
      client_secret            = "a-secret-of-360learning"
      region                   = "eu"
      requests_per_second      = 40
      max_concurrent_requests  = 20
      attendance_lookback_days = 90
      full_user_refresh_days   = 7
      include_deleted_users    = true
    }
    error_message = "The source's configuration must equal the variables."
  }
}

run "every_default_is_the_connectors_own" {
  command = plan

  assert {
    condition = alltrue([
      for field, schema in jsondecode(file("../../spec.json")).connectionSpecification.properties :
      jsondecode(airbyte_source.this.configuration)[field] == schema.default if can(schema.default)
    ])
    error_message = "A default differs from spec.json."
  }
}

run "postgres_is_reached_encrypted_unless_told_otherwise" {
  command = plan

  assert {
    condition = (
      jsondecode(airbyte_destination.postgres[0].configuration).ssl_mode == { mode = "require" } &&
      jsondecode(airbyte_destination.postgres[0].configuration).ssl
    )
    error_message = "ssl_mode must be require."
  }
}

run "the_schedule_says_its_time_zone" {
  command = plan

  assert {
    condition     = airbyte_connection.this.schedule.schedule_type == "cron" && airbyte_connection.this.schedule.cron_expression == "0 0 3 * * ? UTC"
    error_message = "Airbyte answers with the time zone: without it every plan shows a change."
  }
}

run "without_a_cron_nothing_runs_by_itself" {
  command = plan

  variables {
    cron = null
  }

  assert {
    condition     = airbyte_connection.this.schedule.schedule_type == "manual"
    error_message = "A connection without cron must be manual."
  }
}

run "a_stream_may_be_read_otherwise_and_kept_to_some_fields" {
  command = plan

  variables {
    streams = {
      users       = { fields = ["status", "organization"] }
      attendances = { sync_mode = "full_refresh_overwrite", fields = ["status"] }
    }
  }

  assert {
    condition = {
      for s in airbyte_connection.this.configurations.streams : s.name => [s.sync_mode, join(" ", sort([for f in s.selected_fields : f.field_path[0]]))]
      } == {
      users       = ["full_refresh_overwrite", "_id organization status"]
      attendances = ["full_refresh_overwrite", "_id readAt status"]
    }
    error_message = "Mode and fields must be the requested ones, with the key and the cursor."
  }
}

run "what_is_there_already_is_used" {
  command = plan

  variables {
    image                = null
    source_definition_id = "11111111-2222-4333-8444-555555555555"
    postgres             = null
    postgres_password    = null
    destination_id       = "66666666-7777-4888-8999-000000000000"
  }

  assert {
    condition = (
      length(airbyte_source_definition.this) == 0 && length(airbyte_destination.postgres) == 0 &&
      airbyte_source.this.definition_id == "11111111-2222-4333-8444-555555555555" &&
      airbyte_connection.this.destination_id == "66666666-7777-4888-8999-000000000000"
    )
    error_message = "The given definition and destination must be used, and none made."
  }
}

run "made" {}

run "a_new_version_is_the_same_definition" {
  variables {
    image = { repository = "registry.example.com/source-360learning", tag = "0.2.0" }
  }

  assert {
    condition     = airbyte_source_definition.this[0].docker_image_tag == "0.2.0" && output.source_definition_id == run.made.source_definition_id
    error_message = "A new tag must change the definition and not make another."
  }

  # A mocked provider knows the id during an update and the real one does not, so no plan here would show the loss.
  assert {
    condition     = output.source_id != null && can(regex("ignore_changes\\s*=\\s*\\[definition_id\\]", file("main.tf")))
    error_message = "Without ignore_changes an upgrade makes a new source and a new connection, and their state is lost."
  }
}

run "another_repository_is_another_connector" {
  variables {
    image = { repository = "registry.example.com/fork/source-360learning", tag = "0.2.0" }
  }

  assert {
    condition     = output.source_id != run.made.source_id
    error_message = "The source must follow its definition."
  }
}

run "no_output_tells_a_secret" {
  assert {
    condition = alltrue([
      for secret in [var.client_secret, var.postgres_password] : !strcontains(jsonencode(run.made), secret)
    ])
    error_message = "An output holds a secret."
  }

  assert {
    condition     = !issensitive(run.made.connection_id) && issensitive(var.client_secret) && issensitive(var.postgres_password)
    error_message = "Secrets must be sensitive, and outputs usable."
  }
}
