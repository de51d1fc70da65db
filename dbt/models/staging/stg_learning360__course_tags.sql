{{ stage('course_tags', key=['courseId', 'tagId', 'source'], columns=[
    ['courseId', 'course_id', 'id'],
    ['tagId', 'tag_id', 'id'],
    ['source', 'source', 'id'],
], used=false) }}
