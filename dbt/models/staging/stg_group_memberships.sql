{{ stage('group_memberships', key=['groupId', 'userId', 'role'], columns=[
    ['groupId', 'group_id', 'text'],
    ['userId', 'user_id', 'text'],
    ['role', 'role', 'text'],
]) }}
