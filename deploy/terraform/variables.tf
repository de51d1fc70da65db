variable "workspace_id" {
  description = "The Airbyte workspace: the UUID in the address of its page."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", lower(var.workspace_id)))
    error_message = "workspace_id must be a UUID."
  }
}

variable "name" {
  description = "What source, destination and connection are called in Airbyte."
  type        = string
  default     = "360Learning"
  nullable    = false
}

variable "image" {
  description = "The connector's image, which the cluster of Airbyte must be able to pull. Not used with source_definition_id."
  type = object({
    repository        = string
    tag               = optional(string, "0.1.0")
    documentation_url = optional(string)
  })
  default = null

  validation {
    condition     = (var.image == null) != (var.source_definition_id == null)
    error_message = "Give either image, to add the connector to the workspace, or source_definition_id, where it has been added."
  }
}

variable "source_definition_id" {
  description = "The connector's definition, if the workspace has one already: one definition serves several sources."
  type        = string
  default     = null
}

variable "client_id" {
  description = "Client id of the API v2 credentials of 360Learning."
  type        = string
  nullable    = false
}

variable "client_secret" {
  description = "Client secret that belongs to the client id."
  type        = string
  sensitive   = true
  nullable    = false
}

variable "region" {
  description = "eu for app.360learning.com, us for app.us.360learning.com."
  type        = string
  default     = "eu"
  nullable    = false

  validation {
    condition     = contains(["eu", "us"], var.region)
    error_message = "region must be eu or us."
  }
}

variable "base_url" {
  description = "Replaces the region's address: a proxy. https."
  type        = string
  default     = null

  validation {
    condition     = var.base_url == null || can(regex("^https://[^/?#]+/?$", var.base_url))
    error_message = "base_url must be an https address without a path."
  }
}

variable "start_date" {
  description = "Rows of incremental streams that last changed before this date (UTC) stay out of the first sync."
  type        = string
  default     = null

  validation {
    condition     = var.start_date == null || can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$", var.start_date))
    error_message = "start_date must be YYYY-MM-DD or YYYY-MM-DDTHH:mm:ssZ."
  }
}

variable "requests_per_second" {
  description = "The connector's pace. 360Learning grants 50 to the whole company by default."
  type        = number
  default     = null

  validation {
    condition     = var.requests_per_second == null || try(var.requests_per_second >= 1 && var.requests_per_second <= 1000 && floor(var.requests_per_second) == var.requests_per_second, false)
    error_message = "requests_per_second must be a whole number from 1 to 1000."
  }
}

variable "attendance_lookback_days" {
  description = "Attendance of slots that ended within so many days before the last sync is read again."
  type        = number
  default     = null

  validation {
    condition     = var.attendance_lookback_days == null || try(var.attendance_lookback_days >= 0 && var.attendance_lookback_days <= 3650 && floor(var.attendance_lookback_days) == var.attendance_lookback_days, false)
    error_message = "attendance_lookback_days must be a whole number from 0 to 3650."
  }
}

variable "include_deleted_users" {
  description = "Whether streams that are read user by user visit deleted users too."
  type        = bool
  default     = null
}

variable "postgres" {
  description = "The database that Airbyte loads. ca_certificate (PEM) goes with verify-ca and verify-full."
  type = object({
    host           = string
    port           = optional(number, 5432)
    database       = string
    schema         = optional(string, "raw_360learning")
    username       = string
    ssl_mode       = optional(string, "require")
    ca_certificate = optional(string)
  })
  nullable = false

  validation {
    condition     = var.postgres.port >= 1 && var.postgres.port <= 65535
    error_message = "postgres.port must be from 1 to 65535."
  }

  validation {
    condition     = contains(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"], var.postgres.ssl_mode)
    error_message = "postgres.ssl_mode must be disable, allow, prefer, require, verify-ca or verify-full."
  }

  validation {
    condition     = startswith(var.postgres.ssl_mode, "verify-") == (var.postgres.ca_certificate != null)
    error_message = "postgres.ca_certificate goes with ssl_mode verify-ca or verify-full, and with no other."
  }
}

variable "postgres_password" {
  description = "Password of postgres.username."
  type        = string
  sensitive   = true
  nullable    = false
}

variable "postgres_definition_id" {
  description = "Airbyte's own definition of destination-postgres, the same in every workspace. Version 3 or newer."
  type        = string
  default     = "25c5221d-dce2-4163-ade9-739ef790f503"
  nullable    = false
}

variable "streams" {
  description = "The streams to read. Null: those that are marked as suggested in streams.json, what a training team reports on."
  type        = set(string)
  default     = null

  validation {
    condition     = var.streams == null || try(length(var.streams) > 0, false)
    error_message = "streams must name at least one stream."
  }

  validation {
    condition     = length(setsubtract(coalesce(var.streams, []), keys(local.catalog))) == 0
    error_message = "No such stream: ${join(", ", setsubtract(coalesce(var.streams, []), keys(local.catalog)))}. The names are the keys of streams.json."
  }
}

variable "sync_modes" {
  description = "Sync modes that differ from streams.json, by stream: { attendances = \"full_refresh_overwrite\" } to see corrections older than the lookback."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.sync_modes), local.streams)) == 0
    error_message = "sync_modes names a stream that is not read: ${join(", ", setsubtract(keys(var.sync_modes), local.streams))}."
  }

  validation {
    condition = alltrue([
      for name, mode in var.sync_modes : contains(["full_refresh_overwrite", "full_refresh_append", "full_refresh_overwrite_deduped"], mode)
      || (contains(["incremental_append", "incremental_deduped_history"], mode) && startswith(try(local.catalog[name].sync_mode, ""), "incremental"))
    ])
    error_message = "A sync mode is full_refresh_overwrite, full_refresh_overwrite_deduped or full_refresh_append, for streams with a cursor also incremental_append or incremental_deduped_history."
  }
}

variable "cron" {
  description = "When to sync: a Quartz cron expression with a time zone. Null: only when it is started by hand or by Airflow."
  type        = string
  default     = "0 0 4 * * ? UTC"

  validation {
    condition     = var.cron == null || can(regex("^(\\S+ ){5,6}\\S+ [A-Za-z]+(/[A-Za-z_]+)*$", var.cron))
    error_message = "cron must be a Quartz expression of 6 or 7 fields and a time zone, such as 0 0 4 * * ? UTC."
  }
}

variable "active" {
  description = "Whether the connection syncs on schedule."
  type        = bool
  default     = true
  nullable    = false
}
