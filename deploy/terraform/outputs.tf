output "source_definition_id" {
  description = "The connector's definition, for another connection on the same connector."
  value       = airbyte_source.this.definition_id
}

output "source_id" {
  description = "The source."
  value       = airbyte_source.this.source_id
}

output "destination_id" {
  description = "The destination, for another connection to the same database."
  value       = airbyte_connection.this.destination_id
}

output "connection_id" {
  description = "The connection: what an orchestrator starts."
  value       = airbyte_connection.this.connection_id
}
