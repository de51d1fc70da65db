output "source_definition_id" {
  description = "The connector's definition, to share with further sources."
  value       = local.definition_id
}

output "source_id" {
  description = "The source."
  value       = airbyte_source.this.source_id
}

output "destination_id" {
  description = "The destination."
  value       = airbyte_destination.postgres.destination_id
}

output "connection_id" {
  description = "The connection: what Airflow triggers."
  value       = airbyte_connection.this.connection_id
}

output "sync_modes" {
  description = "The streams that are read, each with its sync mode."
  value       = { for stream in airbyte_connection.this.configurations.streams : stream.name => stream.sync_mode }
}
