{{ stage('path_session_custom_field_values', key=['sessionId', 'customFieldId'], columns=[
    ['sessionId', 'session_id', 'text'],
    ['customFieldId', 'custom_field_id', 'text'],
    ['pathId', 'path_id', 'text'],
    ['type', 'type', 'text'],
    ['value', 'value', 'text'],
]) }}
