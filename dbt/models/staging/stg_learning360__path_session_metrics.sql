{{ stage('path_session_metrics', key=['sessionId'], columns=[
    ['sessionId', 'session_id', 'id'],
    ['pathId', 'path_id', 'id'],
    ['certificates', 'certificates', 'integer'],
    ['usersCountByStatus', 'users_count_by_status', 'json'],
], used=false) }}
