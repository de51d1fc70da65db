{{ stage('path_session_audiences', key=['sessionId'], columns=[
    ['sessionId', 'session_id', 'text'],
    ['pathId', 'path_id', 'text'],
    ['filters', 'filters', 'json'],
    ['mode', 'mode', 'text'],
]) }}
