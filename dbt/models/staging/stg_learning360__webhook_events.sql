{{ stage('webhook_events', key=['_id'], columns=[
    ['_id', 'event_id', 'id'],
    ['subscriptionId', 'subscription_id', 'id'],
    ['createdAt', 'created_at', 'timestamp'],
    ['status', 'status', 'id'],
    ['payload', 'payload', 'json'],
]) }}
