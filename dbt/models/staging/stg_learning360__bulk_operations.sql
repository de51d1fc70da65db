{{ stage('bulk_operations', key=['_id'], columns=[
    ['_id', 'operation_id', 'id'],
    ['type', 'type', 'id'],
    ['createdAt', 'created_at', 'timestamp'],
    ['status', 'status', 'id'],
    ['queuedAt', 'queued_at', 'timestamp'],
    ['startedAt', 'started_at', 'timestamp'],
    ['progress', 'progress', 'json'],
    ['endedAt', 'ended_at', 'timestamp'],
    ['errorMessage', 'error_message', 'text'],
], used=false) }}
