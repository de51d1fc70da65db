# 360Learning into a PostgreSQL every night, all in one file. Copy it, and name your own module source, such as
# git::https://github.com/OWNER/source-360learning.git//deploy/terraform?ref=v0.1.0

terraform {
  required_version = ">= 1.9"

  required_providers {
    airbyte = {
      source  = "airbytehq/airbyte"
      version = "~> 1.2"
    }
  }
}

variable "airbyte" {
  description = "Where Airbyte is. client_id and client_secret: User, Applications in its settings."
  type = object({
    server_url   = string
    token_url    = string
    client_id    = string
    workspace_id = string
  })
}

variable "airbyte_client_secret" {
  type      = string
  sensitive = true
}

variable "learning_client_id" {
  type = string
}

variable "learning_client_secret" {
  type      = string
  sensitive = true
}

variable "postgres_password" {
  type      = string
  sensitive = true
}

provider "airbyte" {
  server_url    = var.airbyte.server_url
  token_url     = var.airbyte.token_url
  client_id     = var.airbyte.client_id
  client_secret = var.airbyte_client_secret
}

module "learning" {
  source = "../.."

  workspace_id  = var.airbyte.workspace_id
  image         = { repository = "ghcr.io/OWNER/source-360learning", tag = "0.1.0" }
  client_id     = var.learning_client_id
  client_secret = var.learning_client_secret

  postgres = {
    host     = "warehouse.example.com"
    database = "training"
    username = "airbyte"
  }
  postgres_password = var.postgres_password

  cron = "0 30 4 * * ? Europe/Paris"
}

# A second connection, once a week: what costs a request per user and need not be fresh.
module "learning_weekly" {
  source = "../.."

  workspace_id         = var.airbyte.workspace_id
  name                 = "360Learning, weekly"
  source_definition_id = module.learning.source_definition_id
  client_id            = var.learning_client_id
  client_secret        = var.learning_client_secret

  postgres = {
    host     = "warehouse.example.com"
    database = "training"
    username = "airbyte"
  }
  postgres_password = var.postgres_password

  streams = ["user_certificates", "user_managers"]
  cron    = "0 0 2 ? * SUN Europe/Paris"
}

output "connection_id" {
  value = module.learning.connection_id
}
