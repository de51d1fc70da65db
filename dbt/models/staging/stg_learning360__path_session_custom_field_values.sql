{{ stage('path_session_custom_field_values', key=['sessionId', 'customFieldId'], columns=[
    ['sessionId', 'session_id', 'id'],
    ['customFieldId', 'custom_field_id', 'id'],
    ['pathId', 'path_id', 'id'],
    ['type', 'type', 'id'],
    ['value', 'value', 'text'],
]) }}
