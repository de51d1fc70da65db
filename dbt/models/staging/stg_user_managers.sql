{{ stage('user_managers', key=['userId', 'managerId'], columns=[
    ['userId', 'user_id', 'text'],
    ['managerId', 'manager_id', 'text'],
]) }}
