{{ stage('external_ids', key=['_id'], columns=[
    ['_id', 'external_id', 'id'],
    ['platform', 'platform', 'text'],
    ['targetId', 'target_id', 'id'],
    ['targetType', 'target_type', 'text'],
    ['value', 'value', 'text'],
], used=false) }}
