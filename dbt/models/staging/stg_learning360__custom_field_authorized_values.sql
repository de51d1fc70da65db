{{ stage('custom_field_authorized_values', key=['customFieldId', 'value'], columns=[
    ['customFieldId', 'custom_field_id', 'id'],
    ['value', 'value', 'text'],
], used=false) }}
