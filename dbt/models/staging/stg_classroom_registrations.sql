{{ stage('classroom_registrations', key=['_id'], columns=[
    ['_id', 'registration_id', 'text'],
    ['classroomId', 'classroom_id', 'text'],
    ['archivedAt', 'archived_at', 'timestamp'],
    ['userId', 'user_id', 'text'],
    ['attendanceDuration', 'attendance_ms', 'integer'],
    ['createdAt', 'created_at', 'timestamp'],
    ['hasAttended', 'has_attended', 'boolean'],
    ['modifiedAt', 'modified_at', 'timestamp'],
    ['pathId', 'path_id', 'text'],
    ['rsvp.going', 'is_going', 'boolean'],
    ['status', 'status', 'text'],
    ['classroomSlotId', 'slot_id', 'text'],
]) }}
