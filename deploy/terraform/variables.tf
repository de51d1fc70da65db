variable "workspace_id" {
  description = "The Airbyte workspace in which everything is made: the UUID in its address."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.workspace_id))
    error_message = "workspace_id must be a UUID, such as the one in the workspace's address."
  }
}

variable "name" {
  description = "What the source and the destination are called in Airbyte; the connection is named after both."
  type        = string
  nullable    = false
  default     = "360Learning"

  validation {
    condition     = trimspace(var.name) != ""
    error_message = "name must not be empty."
  }
}

# The connector: an image to register, or a definition that is registered already.

variable "image" {
  description = "The connector's image, for Airbyte to pull. A new tag upgrades the connector in place."
  type = object({
    repository = string
    tag        = string
  })
  default = null

  validation {
    condition = var.image == null ? true : (
      can(regex("^[a-z0-9][a-zA-Z0-9._:/-]*$", var.image.repository)) &&
      !can(regex(":[^/]*$", var.image.repository)) &&
      can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image.tag))
    )
    error_message = "image must be a repository without a tag, such as registry.example.com/source-360learning, and a tag, such as 0.1.0."
  }

  validation {
    condition     = (var.image == null) != (var.source_definition_id == null)
    error_message = "Set one of image and source_definition_id: the connector is either registered here or registered already."
  }
}

variable "source_definition_id" {
  description = "The definition of a connector that is registered already, in place of image."
  type        = string
  default     = null

  validation {
    condition     = var.source_definition_id == null ? true : can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.source_definition_id))
    error_message = "source_definition_id must be a UUID."
  }
}

# The source: 360Learning.

variable "client_id" {
  description = "Client ID of the API v2 credentials: 360Learning, platform group, Settings, API v2."
  type        = string
  nullable    = false

  validation {
    condition     = var.client_id != ""
    error_message = "client_id must not be empty."
  }
}

variable "client_secret" {
  description = "Client secret that belongs to the client ID."
  type        = string
  nullable    = false
  sensitive   = true

  validation {
    condition     = var.client_secret != ""
    error_message = "client_secret must not be empty."
  }
}

variable "region" {
  description = "Where the platform is hosted: eu for app.360learning.com, us for app.us.360learning.com."
  type        = string
  nullable    = false
  default     = "eu"

  validation {
    condition     = contains(["eu", "us"], var.region)
    error_message = "region must be \"eu\" or \"us\"."
  }
}

variable "base_url" {
  description = "Replaces the region's address, for a proxy."
  type        = string
  default     = null

  validation {
    condition     = var.base_url == null ? true : can(regex("^(https://[^/?#@]+|http://(localhost|127[.0-9]+)(:[0-9]+)?)/?$", var.base_url))
    error_message = "base_url must be the https address of a server, such as https://app.360learning.com, without a path."
  }
}

variable "start_date" {
  description = "The first incremental sync skips rows last changed before this date (UTC): YYYY-MM-DD or YYYY-MM-DDTHH:mm:ssZ. Null: everything."
  type        = string
  default     = null

  validation {
    condition = var.start_date == null ? true : (
      can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$", var.start_date)) &&
      can(formatdate("YYYY", length(var.start_date) == 10 ? "${var.start_date}T00:00:00Z" : var.start_date))
    )
    error_message = "start_date must be a date in UTC, as 2024-09-01 or 2024-09-01T00:00:00Z."
  }
}

variable "requests_per_second" {
  description = "Requests per second. 360Learning grants 50 to your whole company by default, shared with its other integrations and with any other connection that runs at the same time."
  type        = number
  nullable    = false
  default     = 40

  validation {
    condition     = var.requests_per_second >= 1 && var.requests_per_second <= 1000 && floor(var.requests_per_second) == var.requests_per_second
    error_message = "requests_per_second must be a whole number from 1 to 1000."
  }
}

variable "max_concurrent_requests" {
  description = "Requests under way at the same time."
  type        = number
  nullable    = false
  default     = 20

  validation {
    condition     = var.max_concurrent_requests >= 1 && var.max_concurrent_requests <= 100 && floor(var.max_concurrent_requests) == var.max_concurrent_requests
    error_message = "max_concurrent_requests must be a whole number from 1 to 100."
  }
}

variable "attendance_lookback_days" {
  description = "An incremental sync reads the attendance of slots that ended within this many days before the last sync again. Older corrections need a full refresh."
  type        = number
  nullable    = false
  default     = 90

  validation {
    condition     = var.attendance_lookback_days >= 0 && var.attendance_lookback_days <= 3650 && floor(var.attendance_lookback_days) == var.attendance_lookback_days
    error_message = "attendance_lookback_days must be a whole number from 0 to 3650."
  }
}

variable "full_user_refresh_days" {
  description = "With a webhook subscription, an incremental sync visits only the users who changed, and all of them after this many days. 0: every sync visits all."
  type        = number
  nullable    = false
  default     = 7

  validation {
    condition     = var.full_user_refresh_days >= 0 && var.full_user_refresh_days <= 90 && floor(var.full_user_refresh_days) == var.full_user_refresh_days
    error_message = "full_user_refresh_days must be a whole number from 0 to 90."
  }
}

variable "include_deleted_users" {
  description = "Whether streams read user by user visit deleted users too."
  type        = bool
  nullable    = false
  default     = true
}

# The destination: a PostgreSQL to register, or a destination that is registered already.

variable "postgres" {
  description = "The PostgreSQL database to write to. ssl_mode is disable, allow, prefer, require or verify-ca; verify-ca wants ca_certificate, in PEM."
  type = object({
    host           = string
    port           = optional(number, 5432)
    database       = string
    username       = string
    ssl_mode       = optional(string, "require")
    ca_certificate = optional(string)
  })
  default = null

  validation {
    condition     = (var.postgres == null) != (var.destination_id == null)
    error_message = "Set one of postgres and destination_id: the destination is either made here or there already."
  }

  validation {
    condition = var.postgres == null ? true : alltrue([
      for text in [var.postgres.host, var.postgres.database, var.postgres.username] : try(trimspace(text) != "", false)
    ])
    error_message = "postgres needs a host, a database and a username."
  }

  validation {
    condition     = var.postgres == null ? true : var.postgres.port >= 1 && var.postgres.port <= 65535 && floor(var.postgres.port) == var.postgres.port
    error_message = "postgres.port must be a whole number from 1 to 65535."
  }

  validation {
    condition     = var.postgres == null ? true : contains(["disable", "allow", "prefer", "require", "verify-ca"], var.postgres.ssl_mode)
    error_message = "postgres.ssl_mode must be disable, allow, prefer, require or verify-ca; for verify-full or an SSH tunnel make the destination yourself and set destination_id."
  }

  validation {
    condition     = var.postgres == null ? true : (var.postgres.ssl_mode == "verify-ca") == (var.postgres.ca_certificate != null)
    error_message = "postgres.ca_certificate goes with ssl_mode = \"verify-ca\", and only with it."
  }
}

variable "postgres_password" {
  description = "Password of the PostgreSQL user."
  type        = string
  sensitive   = true
  default     = null

  validation {
    condition     = (var.postgres == null) == (var.postgres_password == null)
    error_message = "postgres_password goes with postgres: set both or none."
  }
}

variable "destination_id" {
  description = "A destination that is there already, in place of postgres: of any kind, with whatever tunnel and certificates it has."
  type        = string
  default     = null

  validation {
    condition     = var.destination_id == null ? true : can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.destination_id))
    error_message = "destination_id must be a UUID."
  }
}

# The connection: streams, modes and schedule.

variable "schema" {
  description = "The schema (namespace) in which the tables are written; the dbt package looks for them in its default."
  type        = string
  nullable    = false
  default     = "raw_360learning"

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]{0,62}$", var.schema))
    error_message = "schema must be made of small letters, digits and _, and not begin with a digit."
  }
}

variable "streams" {
  description = <<-EOT
    The streams to sync, by name. sync_mode is incremental_deduped_history for attendance_sheets, attendances,
    course_stats, webhook_events and bulk_operations, and full_refresh_overwrite for all others, so that rows that are
    deleted in 360Learning leave the tables, unless you choose another. fields keeps a stream to these fields, and its key
    and cursor: what you do not name is not loaded. Null: all fields.
  EOT
  type = map(object({
    sync_mode = optional(string)
    fields    = optional(set(string))
  }))
  nullable = false
  default = {
    users                            = {}
    groups                           = {}
    custom_fields                    = {}
    user_custom_field_values         = {}
    paths                            = {}
    path_sessions                    = {}
    path_stats                       = {}
    path_enrollments                 = {}
    path_session_custom_field_values = {}
    courses                          = {}
    course_stats                     = {}
    classrooms                       = {}
    classroom_slots                  = {}
    classroom_registrations          = {}
    classroom_slot_waitlist          = {}
    attendance_sheets                = {}
    attendances                      = {}
  }

  validation {
    condition     = length(var.streams) > 0
    error_message = "streams must name one stream at least."
  }

  validation {
    condition     = length(setsubtract(keys(var.streams), keys(local.catalog))) == 0
    error_message = "source-360learning has no stream ${join(", ", setsubtract(keys(var.streams), keys(local.catalog)))}: docs/streams.md lists those it has."
  }

  validation {
    condition = alltrue([
      for name, stream in var.streams : stream.sync_mode == null ? true : contains(local.sync_modes, stream.sync_mode)
    ])
    error_message = "streams: sync_mode must be one of ${join(", ", local.sync_modes)}."
  }

  validation {
    condition = alltrue([
      for name, stream in var.streams :
      stream.sync_mode == null ? true : !startswith(stream.sync_mode, "incremental_") || try(local.catalog[name].cursor, "") != null
    ])
    error_message = "streams: these are read in full every time, so their sync_mode cannot be incremental: ${join(", ", [
      for name, stream in var.streams : name if try(local.catalog[name].cursor == null && startswith(stream.sync_mode, "incremental_"), false)
    ])}."
  }
}

variable "cron" {
  description = "When the connection runs, in UTC, as a Quartz expression: second, minute, hour, day of month, month, day of week, with ? for the one of the two days that does not count. Null: only on request."
  type        = string
  default     = "0 0 3 * * ?"

  # Six fields, unlike Unix. Airbyte requires a number as the second, and refuses schedules that run more than hourly.
  validation {
    condition = var.cron == null ? true : can(regex(
      "^[0-5]?[0-9] [0-5]?[0-9] [0-9*/,-]+ (\\? [0-9A-Za-z*/,-]+ [0-9A-Za-z*/,#-]+|[0-9LW*/,-]+ [0-9A-Za-z*/,-]+ \\?)$", var.cron
    ))
    error_message = "cron must be a Quartz expression of six fields without a time zone, hourly at most, such as \"0 0 3 * * ?\" for every night at three (UTC)."
  }
}
