{{ stage('attendances', key=['_id'], columns=[
    ['_id', 'attendance_id', 'text'],
    ['attendanceSheetId', 'sheet_id', 'text'],
    ['classroomSlotId', 'slot_id', 'text'],
    ['classroomId', 'classroom_id', 'text'],
    ['classroomSlotEndDate', 'classroom_slot_end_at', 'timestamp'],
    ['classroomSlotCreatedAt', 'classroom_slot_created_at', 'timestamp'],
    ['classroomSlotModifiedAt', 'classroom_slot_modified_at', 'timestamp'],
    ['userId', 'user_id', 'text'],
    ['firstName', 'first_name', 'text'],
    ['lastName', 'last_name', 'text'],
    ['status', 'status', 'text'],
]) }}
