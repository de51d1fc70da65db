{{ stage('user_managers', key=['userId', 'managerId'], columns=[
    ['userId', 'user_id', 'id'],
    ['managerId', 'manager_id', 'id'],
]) }}
