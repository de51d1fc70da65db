{{ stage('custom_field_authorized_values', key=['customFieldId', 'value'], columns=[
    ['customFieldId', 'custom_field_id', 'text'],
    ['value', 'value', 'text'],
]) }}
