{{ stage('path_session_metrics', key=['sessionId'], columns=[
    ['sessionId', 'session_id', 'text'],
    ['pathId', 'path_id', 'text'],
    ['certificates', 'certificates', 'integer'],
    ['usersCountByStatus', 'users_count_by_status', 'json'],
]) }}
