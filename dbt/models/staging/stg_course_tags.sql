{{ stage('course_tags', key=['courseId', 'tagId'], columns=[
    ['courseId', 'course_id', 'text'],
    ['tagId', 'tag_id', 'text'],
    ['source', 'source', 'text'],
]) }}
