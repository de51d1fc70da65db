{{ stage('course_custom_field_values', key=['courseId', 'customFieldId'], columns=[
    ['courseId', 'course_id', 'id'],
    ['customFieldId', 'custom_field_id', 'id'],
    ['type', 'type', 'id'],
    ['value', 'value', 'text'],
], used=false) }}
