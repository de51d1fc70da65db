{{ stage('projects', key=['_id'], columns=[
    ['_id', 'project_id', 'id'],
    ['name', 'name', 'text'],
    ['completed', 'is_completed', 'boolean'],
    ['groupId', 'group_id', 'id'],
], used=false) }}
