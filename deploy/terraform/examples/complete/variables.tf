variable "airbyte_url" {
  description = "Address of Airbyte's API."
  type        = string
}

variable "airbyte_client_id" {
  description = "Client ID of an application: Airbyte, Settings, Applications."
  type        = string
}

variable "airbyte_client_secret" {
  description = "Its secret."
  type        = string
  sensitive   = true
}

variable "airbyte_workspace_id" {
  description = "The workspace: the UUID in its address."
  type        = string
}

variable "image" {
  description = "Where the connector's image lies."
  type        = object({ repository = string, tag = string })
}

variable "learning_client_id" {
  description = "Client ID of 360Learning's API v2."
  type        = string
}

variable "learning_client_secret" {
  description = "Its secret."
  type        = string
  sensitive   = true
}

variable "postgres" {
  description = "The database."
  type        = object({ host = string, port = optional(number, 5432), database = string, username = string })
}

variable "postgres_password" {
  description = "The password of its user."
  type        = string
  sensitive   = true
}
