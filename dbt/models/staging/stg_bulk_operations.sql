{{ stage('bulk_operations', key=['_id'], columns=[
    ['_id', 'operation_id', 'text'],
    ['type', 'type', 'text'],
    ['createdAt', 'created_at', 'timestamp'],
    ['status', 'status', 'text'],
    ['queuedAt', 'queued_at', 'timestamp'],
    ['startedAt', 'started_at', 'timestamp'],
    ['progress', 'progress', 'json'],
    ['endedAt', 'ended_at', 'timestamp'],
    ['errorMessage', 'error_message', 'text'],
]) }}
