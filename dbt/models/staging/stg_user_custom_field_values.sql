{{ stage('user_custom_field_values', key=['userId', 'customFieldId'], columns=[
    ['userId', 'user_id', 'text'],
    ['customFieldId', 'custom_field_id', 'text'],
    ['type', 'type', 'text'],
    ['value', 'value', 'text'],
]) }}
