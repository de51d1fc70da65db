{{ stage('user_custom_field_values', key=['userId', 'customFieldId'], columns=[
    ['userId', 'user_id', 'id'],
    ['customFieldId', 'custom_field_id', 'id'],
    ['type', 'type', 'id'],
    ['value', 'value', 'text'],
], needed='value') }}
