{{ stage('webhook_events', key=['_id'], columns=[
    ['_id', 'event_id', 'text'],
    ['subscriptionId', 'subscription_id', 'text'],
    ['createdAt', 'created_at', 'timestamp'],
    ['status', 'status', 'text'],
    ['payload', 'payload', 'json'],
]) }}
