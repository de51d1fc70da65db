{{ stage('external_ids', key=['_id'], columns=[
    ['_id', 'external_id', 'text'],
    ['platform', 'platform', 'text'],
    ['targetId', 'target_id', 'text'],
    ['targetType', 'target_type', 'text'],
    ['value', 'value', 'text'],
]) }}
