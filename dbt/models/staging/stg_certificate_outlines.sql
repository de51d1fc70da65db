{{ stage('certificate_outlines', key=['_id'], columns=[
    ['_id', 'certificate_outline_id', 'text'],
    ['title', 'title', 'text'],
    ['groupId', 'group_id', 'text'],
    ['createdAt', 'created_at', 'timestamp'],
]) }}
