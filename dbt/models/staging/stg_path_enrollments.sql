{{ stage('path_enrollments', key=['_id'], columns=[
    ['_id', 'enrollment_id', 'text'],
    ['pathId', 'path_id', 'text'],
    ['archivedAt', 'archived_at', 'timestamp'],
    ['createdAt', 'created_at', 'timestamp'],
    ['isSelfEnrolled', 'is_self_enrolled', 'boolean'],
    ['modifiedAt', 'modified_at', 'timestamp'],
    ['sessionId', 'session_id', 'text'],
    ['status', 'status', 'text'],
    ['userId', 'user_id', 'text'],
]) }}
