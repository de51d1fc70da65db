{{ stage('classroom_registrations', key=['_id'], columns=[
    ['_id', 'registration_id', 'id'],
    ['classroomId', 'classroom_id', 'id'],
    ['archivedAt', 'archived_at', 'timestamp'],
    ['userId', 'user_id', 'id'],
    ['attendanceDuration', 'attendance_ms', 'integer'],
    ['createdAt', 'created_at', 'timestamp'],
    ['hasAttended', 'has_attended', 'boolean'],
    ['modifiedAt', 'modified_at', 'timestamp'],
    ['pathId', 'path_id', 'id'],
    ['rsvp.going', 'is_going', 'boolean'],
    ['status', 'status', 'id'],
    ['classroomSlotId', 'slot_id', 'id'],
]) }}
