{{ stage('webhook_subscriptions', key=['_id'], columns=[
    ['_id', 'subscription_id', 'id'],
    ['eventType', 'event_type', 'text'],
    ['name', 'name', 'text'],
    ['url', 'url', 'text'],
    ['status', 'status', 'id'],
], used=false) }}
