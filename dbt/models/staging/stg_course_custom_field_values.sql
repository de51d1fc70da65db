{{ stage('course_custom_field_values', key=['courseId', 'customFieldId'], columns=[
    ['courseId', 'course_id', 'text'],
    ['customFieldId', 'custom_field_id', 'text'],
    ['type', 'type', 'text'],
    ['value', 'value', 'text'],
]) }}
