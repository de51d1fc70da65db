{{ stage('classroom_slot_waitlist', key=['classroomSlotId', 'userId'], columns=[
    ['classroomSlotId', 'slot_id', 'text'],
    ['userId', 'user_id', 'text'],
    ['classroomId', 'classroom_id', 'text'],
    ['requestedAt', 'requested_at', 'timestamp'],
]) }}
