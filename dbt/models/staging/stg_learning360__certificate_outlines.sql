{{ stage('certificate_outlines', key=['_id'], columns=[
    ['_id', 'certificate_outline_id', 'id'],
    ['title', 'title', 'text'],
    ['groupId', 'group_id', 'id'],
    ['createdAt', 'created_at', 'timestamp'],
], used=false) }}
