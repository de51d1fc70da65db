terraform {
  required_version = ">= 1.9"

  required_providers {
    airbyte = {
      source  = "airbytehq/airbyte"
      version = "~> 1.2"
    }
  }
}

provider "airbyte" {
  server_url    = var.airbyte_url
  client_id     = var.airbyte_client_id
  client_secret = var.airbyte_client_secret
}

module "learning" {
  source = "../.."

  workspace_id = var.airbyte_workspace_id
  image        = var.image

  client_id     = var.learning_client_id
  client_secret = var.learning_client_secret
  region        = "eu"

  postgres          = var.postgres
  postgres_password = var.postgres_password

  # Without names, addresses and phone numbers. What need not be fresh every night is in the connection below.
  streams = {
    users                   = { fields = ["status", "lang", "organization", "primaryGroupId", "lastLoginDate"] }
    groups                  = {}
    custom_fields           = {}
    paths                   = {}
    path_sessions           = {}
    path_stats              = {}
    path_enrollments        = {}
    classrooms              = {}
    classroom_slots         = {}
    classroom_registrations = {}
    attendance_sheets       = {}
    attendances             = {}
  }
}

# One request per user: on Sundays, on the same connector and into the same database.
module "learning_weekly" {
  source = "../.."

  workspace_id         = var.airbyte_workspace_id
  name                 = "360Learning, weekly"
  source_definition_id = module.learning.source_definition_id
  destination_id       = module.learning.destination_id

  client_id     = var.learning_client_id
  client_secret = var.learning_client_secret
  region        = "eu"

  streams = { user_custom_field_values = {} }
  cron    = "0 0 6 ? * SUN"
}

output "connection_ids" {
  description = "The connections, for an orchestrator."
  value       = [module.learning.connection_id, module.learning_weekly.connection_id]
}
