locals {
  # The connector's streams, written by `make schemas` from the connector itself.
  catalog = jsondecode(file("${path.module}/streams.json"))

  suggested = toset([for name, stream in local.catalog : name if stream.suggested])
  streams   = coalesce(var.streams, local.suggested)

  definition_id = coalesce(var.source_definition_id, one(airbyte_source_definition.this[*].id))

  # What is null is left out, so that the connector's own default holds.
  configuration = {
    for field, value in {
      client_id                = var.client_id
      client_secret            = var.client_secret
      region                   = var.region
      base_url                 = var.base_url
      start_date               = var.start_date
      requests_per_second      = var.requests_per_second
      attendance_lookback_days = var.attendance_lookback_days
      include_deleted_users    = var.include_deleted_users
    } : field => value if value != null
  }
}

resource "airbyte_source_definition" "this" {
  count = var.source_definition_id == null ? 1 : 0

  name              = "360Learning"
  workspace_id      = var.workspace_id
  docker_repository = var.image.repository
  docker_image_tag  = var.image.tag
  documentation_url = var.image.documentation_url
}

resource "airbyte_source" "this" {
  name          = var.name
  workspace_id  = var.workspace_id
  definition_id = local.definition_id
  configuration = jsonencode(local.configuration)
}

resource "airbyte_destination" "postgres" {
  name          = "${var.name} in PostgreSQL"
  workspace_id  = var.workspace_id
  definition_id = var.postgres_definition_id

  configuration = jsonencode({
    host          = var.postgres.host
    port          = var.postgres.port
    database      = var.postgres.database
    schema        = var.postgres.schema
    username      = var.postgres.username
    password      = var.postgres_password
    ssl_mode      = merge({ mode = var.postgres.ssl_mode }, var.postgres.ca_certificate == null ? {} : { ca_certificate = var.postgres.ca_certificate })
    tunnel_method = { tunnel_method = "NO_TUNNEL" }
  })
}

resource "airbyte_connection" "this" {
  name           = "${var.name} to PostgreSQL"
  source_id      = airbyte_source.this.source_id
  destination_id = airbyte_destination.postgres.destination_id

  # The tables lie in the destination's schema. New columns arrive by themselves; whether a new stream is read is decided here.
  namespace_definition                 = "destination"
  non_breaking_schema_updates_behavior = "propagate_columns"
  status                               = var.active ? "active" : "inactive"

  schedule = var.cron == null ? { schedule_type = "manual", cron_expression = null } : { schedule_type = "cron", cron_expression = var.cron }

  # Keys and cursors come from the connector.
  configurations = {
    streams = [
      for name in sort(local.streams) : {
        name      = name
        sync_mode = lookup(var.sync_modes, name, local.catalog[name].sync_mode)
      }
    ]
  }
}
