{{ stage('classroom_slot_waitlist', key=['classroomSlotId', 'userId'], columns=[
    ['classroomSlotId', 'slot_id', 'id'],
    ['userId', 'user_id', 'id'],
    ['classroomId', 'classroom_id', 'id'],
    ['requestedAt', 'requested_at', 'timestamp'],
]) }}
