locals {
  # The destination's own definition: the same in every Airbyte.
  postgres_definition_id = "25c5221d-dce2-4163-ade9-739ef790f503"

  # All other streams are overwritten, so that rows that are deleted in 360Learning leave the tables.
  incremental = ["attendance_sheets", "attendances", "course_stats", "webhook_events", "bulk_operations"]

  sync_modes = [
    "full_refresh_overwrite",
    "full_refresh_overwrite_deduped",
    "full_refresh_append",
    "incremental_append",
    "incremental_deduped_history",
  ]
}

# A change of these values is another connector, not another version of the same one.
resource "terraform_data" "connector" {
  input = {
    workspace_id = var.workspace_id
    connector    = try(var.image.repository, var.source_definition_id)
  }
}

resource "airbyte_source_definition" "this" {
  count = var.image == null ? 0 : 1

  workspace_id      = var.workspace_id
  name              = var.name
  docker_repository = var.image.repository
  docker_image_tag  = var.image.tag

  lifecycle {
    # The provider would look for the old definition in the new workspace.
    replace_triggered_by = [terraform_data.connector]
  }
}

resource "airbyte_source" "this" {
  workspace_id  = var.workspace_id
  name          = var.name
  definition_id = var.image == null ? var.source_definition_id : airbyte_source_definition.this[0].id

  configuration = jsonencode({
    for field, value in {
      client_id                = var.client_id
      client_secret            = var.client_secret
      region                   = var.region
      base_url                 = var.base_url
      start_date               = var.start_date
      requests_per_second      = var.requests_per_second
      max_concurrent_requests  = var.max_concurrent_requests
      attendance_lookback_days = var.attendance_lookback_days
      full_user_refresh_days   = var.full_user_refresh_days
      include_deleted_users    = var.include_deleted_users
    } : field => value if value != null
  })

  lifecycle {
    # While a definition changes its tag, the provider treats its id as unknown and would replace source and connection.
    # The id changes only with its repository or its workspace.
    ignore_changes       = [definition_id]
    replace_triggered_by = [terraform_data.connector]
  }
}

resource "airbyte_destination" "postgres" {
  count = var.postgres == null ? 0 : 1

  workspace_id  = var.workspace_id
  name          = "${var.name} PostgreSQL"
  definition_id = local.postgres_definition_id

  configuration = jsonencode({
    host     = var.postgres.host
    port     = var.postgres.port
    database = var.postgres.database
    schema   = var.schema
    username = var.postgres.username
    password = var.postgres_password
    # Some versions of the destination ignore ssl_mode without ssl.
    ssl = var.postgres.ssl_mode != "disable"
    ssl_mode = merge(
      { mode = var.postgres.ssl_mode },
      var.postgres.ca_certificate == null ? {} : { ca_certificate = var.postgres.ca_certificate },
    )
    # Numbers as the API sent them, not cut to nine decimals.
    unconstrained_number = true
  })
}

resource "airbyte_connection" "this" {
  name           = "${var.name} to ${var.schema}"
  source_id      = airbyte_source.this.source_id
  destination_id = var.postgres == null ? var.destination_id : airbyte_destination.postgres[0].destination_id

  # Set here, because the destination may serve other sources.
  namespace_definition = "custom_format"
  namespace_format     = var.schema

  # A new field of a stream becomes a column; new streams have to be added to `streams`.
  non_breaking_schema_updates_behavior = "propagate_columns"

  # Airbyte returns the time zone: without it every plan would show a change.
  schedule = {
    schedule_type   = var.cron == null ? "manual" : "cron"
    cron_expression = var.cron == null ? null : "${var.cron} UTC"
  }

  configurations = {
    streams = [
      for name, stream in var.streams : {
        # No primary_key and no cursor_field: the source defines both, and Airbyte refuses a second definition.
        name      = name
        sync_mode = coalesce(stream.sync_mode, contains(local.incremental, name) ? "incremental_deduped_history" : "full_refresh_overwrite")
        selected_fields = stream.fields == null ? null : [
          # Airbyte refuses a selection without key and cursor.
          for field in setunion(stream.fields, local.catalog[name].key, compact([local.catalog[name].cursor])) : { field_path = [field] }
        ]
      }
    ]
  }
}
