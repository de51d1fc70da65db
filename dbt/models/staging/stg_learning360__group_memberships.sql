{{ stage('group_memberships', key=['groupId', 'userId', 'role'], columns=[
    ['groupId', 'group_id', 'id'],
    ['userId', 'user_id', 'id'],
    ['role', 'role', 'id'],
]) }}
