{{ stage('attendances', key=['_id'], columns=[
    ['_id', 'attendance_id', 'id'],
    ['attendanceSheetId', 'sheet_id', 'id'],
    ['classroomSlotId', 'slot_id', 'id'],
    ['classroomId', 'classroom_id', 'id'],
    ['classroomSlotEndDate', 'classroom_slot_end_at', 'timestamp'],
    ['classroomSlotCreatedAt', 'classroom_slot_created_at', 'timestamp'],
    ['classroomSlotModifiedAt', 'classroom_slot_modified_at', 'timestamp'],
    ['readAt', 'read_at', 'timestamp'],
    ['userId', 'user_id', 'id'],
    ['firstName', 'first_name', 'text'],
    ['lastName', 'last_name', 'text'],
    ['status', 'status', 'id'],
]) }}
