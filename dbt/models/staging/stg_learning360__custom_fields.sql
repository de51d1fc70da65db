{{ stage('custom_fields', key=['_id'], columns=[
    ['_id', 'custom_field_id', 'id'],
    ['name', 'name', 'text'],
    ['targetType', 'target_type', 'text'],
    ['type', 'type', 'id'],
]) }}
