{{ stage('path_enrollments', key=['_id'], columns=[
    ['_id', 'enrollment_id', 'id'],
    ['pathId', 'path_id', 'id'],
    ['archivedAt', 'archived_at', 'timestamp'],
    ['createdAt', 'created_at', 'timestamp'],
    ['isSelfEnrolled', 'is_self_enrolled', 'boolean'],
    ['modifiedAt', 'modified_at', 'timestamp'],
    ['sessionId', 'session_id', 'id'],
    ['status', 'status', 'id'],
    ['userId', 'user_id', 'id'],
]) }}
