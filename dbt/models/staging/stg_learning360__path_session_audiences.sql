{{ stage('path_session_audiences', key=['sessionId'], columns=[
    ['sessionId', 'session_id', 'id'],
    ['pathId', 'path_id', 'id'],
    ['filters', 'filters', 'json'],
    ['mode', 'mode', 'text'],
], used=false) }}
